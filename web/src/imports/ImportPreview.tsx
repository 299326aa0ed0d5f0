/** The first rows as they will be, each with what is wrong about it. Nothing is saved yet. */
import { Button, Group, Table } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { companyKind } from '../companies/kind.ts';
import { contactKind } from '../contacts/kind.ts';
import type { ErrorCode, ImportKind, PreviewRowValue } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { FieldValue } from '../records/FieldValue.tsx';
import { useLookups } from '../records/lookups.tsx';
import { isEmpty } from '../records/values.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { ScrollRegion } from '../ui/ScrollRegion.tsx';
import { State } from '../ui/states.tsx';
import classes from './imports.module.css';

type ImportPreviewProps = {
  kind: ImportKind;
  rows: PreviewRowValue[];
  busy: boolean;
  problem: unknown;
  mayStart: boolean;
  onBack: () => void;
  onStart: () => void;
};

export function ImportPreview({ kind, rows, busy, problem, mayStart, onBack, onStart }: ImportPreviewProps) {
  const { t } = useTranslation();
  const words = useWords();
  const lookups = useLookups();
  const head = useRef<HTMLHeadingElement>(null);
  // A new step begins at its head, for the eye and for a screen reader.
  useEffect(() => {
    head.current?.focus();
  }, []);
  const record = kind === 'contacts' ? contactKind : companyKind;
  const labels: Readonly<Record<string, string>> = { ...words.importFields, ...record.labels(words) };
  const fields = Object.keys(record.declaration.fields).filter((name) =>
    rows.some((row) => !isEmpty(row.fields[name])),
  );
  return (
    <section className={`panel ${classes['section']}`} aria-label={t('imports.previewTitle')}>
      <h2 ref={head} tabIndex={-1}>
        {t('imports.previewTitle')}
      </h2>
      <p className="quiet">{t('imports.previewText')}</p>
      {rows.length === 0 ? (
        <State drawing="nothing" title={words.errors['import.file_empty']} />
      ) : (
        <ScrollRegion label={t('imports.rows')}>
          <Table verticalSpacing={7} miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('imports.line')}</Table.Th>
                <Table.Th>{t('imports.outcome')}</Table.Th>
                {fields.map((name) => (
                  <Table.Th key={name}>{labels[name]}</Table.Th>
                ))}
                <Table.Th>{t('imports.problems')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.line} data-outcome={row.outcome}>
                  <Table.Td className="quiet">{row.line}</Table.Td>
                  <Table.Td>
                    <span className={classes['outcome']} data-outcome={row.outcome}>
                      {t(`imports.outcomes.${row.outcome}`)}
                    </span>
                  </Table.Td>
                  {fields.map((name) => {
                    const field = record.declaration.fields[name];
                    return (
                      <Table.Td key={name} className={classes['value'] ?? ''}>
                        {field !== undefined && (
                          <FieldValue name={name} field={field} value={row.fields[name]} lookups={lookups} short />
                        )}
                      </Table.Td>
                    );
                  })}
                  <Table.Td miw={200}>
                    {row.problems.map((one, index) => (
                      <div key={index}>
                        {one.field !== null && <strong>{labels[one.field] ?? one.field}: </strong>}
                        {words.errors[one.code as ErrorCode] ?? one.message}
                      </div>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
      <Group gap="sm" mt="md">
        <Button variant="default" onClick={onBack} disabled={busy}>
          {t('imports.toColumns')}
        </Button>
        <Button onClick={onStart} loading={busy} disabled={!mayStart}>
          {t('imports.start')}
        </Button>
      </Group>
      <div style={{ marginTop: 12 }}>
        <ProblemAlert problem={problem} />
      </div>
    </section>
  );
}

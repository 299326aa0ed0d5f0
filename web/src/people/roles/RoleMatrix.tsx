/** A role as a matrix: actions on clients, administration, fields; plain words, one box each. */
import type { FieldRight, GrantLevel, Permission } from '../../contract.ts';
import { fieldRights, grantLevels } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import type { Draft, RecordName } from './draft.ts';
import { administration, fieldNames, recordNames, verbs } from './draft.ts';
import { LevelCell } from './LevelCell.tsx';
import classes from './roles.module.css';

type RoleMatrixProps = { before: Draft; draft: Draft; readOnly: boolean; onChange: (draft: Draft) => void };

const clientLevels = ['none', 'own', 'department', 'all', 'never'] as const;
const wholeLevels = ['none', 'all', 'never'] as const;
/** Administration that can be kept to the department. */
const byDepartment: readonly Permission[] = ['review.read', 'review.answer', 'elevation.approve', 'device.approve'];
const branchLevels = ['none', 'department', 'all', 'never'] as const;

function useLevelWords(): Record<GrantLevel, string> {
  const { t } = useTranslation();
  return { ...useWords().scopes, never: t('roles.never') };
}

export function RoleMatrix({ before, draft, readOnly, onChange }: RoleMatrixProps) {
  const { t } = useTranslation();
  const words = useWords();
  const levelWords = useLevelWords();
  const grantCell = (permission: Permission, label: string, levels: readonly GrantLevel[], over?: string) => (
    <LevelCell
      key={permission}
      label={label}
      {...(over !== undefined && { over })}
      levels={levels}
      words={levelWords}
      value={draft.grants[permission]}
      before={before.grants[permission]}
      readOnly={readOnly}
      onChange={(level) => onChange({ ...draft, grants: { ...draft.grants, [permission]: level } })}
    />
  );
  const records = { contact: t('roles.contacts'), company: t('roles.companies') };
  return (
    <>
      <section className={classes['section']} aria-label={t('roles.clients')}>
        <h2>{t('roles.clients')}</h2>
        <p>{t('roles.clientsHint')}</p>
        <div className={classes['matrix']}>
          <span className={classes['headCell']}>{t('roles.action')}</span>
          <span className={classes['headCell']}>{records.contact}</span>
          <span className={classes['headCell']}>{records.company}</span>
          {verbs.map((verb) => (
            <div key={verb} style={{ display: 'contents' }}>
              <span className={classes['action']}>{t(`roles.verbs.${verb}`)}</span>
              {recordNames.map((record) =>
                grantCell(
                  `${record}.${verb}`,
                  t('roles.cell', { action: t(`roles.verbs.${verb}`), records: records[record] }),
                  clientLevels,
                  records[record],
                ),
              )}
            </div>
          ))}
        </div>
      </section>
      <section className={classes['section']} aria-label={t('roles.legend')}>
        <h2>{t('roles.legend')}</h2>
        <dl className={classes['legend']}>
          {[...grantLevels]
            .slice(1)
            .concat('never')
            .map((level) => (
              <div key={level} style={{ display: 'contents' }}>
                <dt>{levelWords[level]}</dt>
                <dd>{t(`roles.levelHints.${level}`)}</dd>
              </div>
            ))}
        </dl>
      </section>
      <section className={classes['section']} aria-label={t('roles.fields')}>
        <h2>{t('roles.fields')}</h2>
        <p>{t('roles.fieldsHint')}</p>
        <div className={classes['fieldColumns']}>
          {recordNames.map((record) => (
            <FieldColumn
              key={record}
              record={record}
              title={records[record]}
              {...{ before, draft, readOnly, onChange }}
            />
          ))}
        </div>
      </section>
      <section className={classes['section']} aria-label={t('roles.administration')}>
        <h2>{t('roles.administration')}</h2>
        <p>{t('roles.administrationHint')}</p>
        <div className={classes['plain']}>
          {administration.map((permission) => (
            <div key={permission} style={{ display: 'contents' }}>
              <span>{words.permissions[permission]}</span>
              {grantCell(
                permission,
                words.permissions[permission],
                byDepartment.includes(permission) ? branchLevels : wholeLevels,
              )}
            </div>
          ))}
        </div>
      </section>
    </>
  );
}

type FieldColumnProps = RoleMatrixProps & { record: RecordName; title: string };

function FieldColumn({ record, title, before, draft, readOnly, onChange }: FieldColumnProps) {
  const { t } = useTranslation();
  const words = useWords();
  const labels: Readonly<Record<string, string>> = record === 'contact' ? words.contactFields : words.companyFields;
  const choose = (field: string, right: FieldRight) =>
    onChange({ ...draft, fields: { ...draft.fields, [record]: { ...draft.fields[record], [field]: right } } });
  return (
    <div className={classes['plain']}>
      <span className={classes['headCell']} style={{ gridColumn: '1 / -1' }}>
        {title}
      </span>
      {fieldNames[record].map((field) => (
        <div key={field} style={{ display: 'contents' }}>
          <span>{labels[field]}</span>
          <LevelCell
            label={t('roles.cell', { action: labels[field] ?? field, records: title })}
            levels={fieldRights}
            words={words.fieldRights}
            value={draft.fields[record][field] ?? 'open'}
            before={before.fields[record][field] ?? 'open'}
            readOnly={readOnly}
            onChange={(right) => choose(field, right)}
          />
        </div>
      ))}
    </div>
  );
}

/** One value of a declared field, for reading. */
import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { AnchorLink } from '../app/links.tsx';
import type { Email, FieldDeclaration, LegalBasis, Phone } from '../contract.ts';
import { useTranslation, useWords } from '../i18n/index.ts';
import { today, useDates } from '../ui/dates.ts';
import { formatPhone } from '../contract.ts';
import type { Lookups } from './lookups.tsx';
import classes from './records.module.css';
import { StageBadge } from './StageBadge.tsx';
import { isEmpty } from './values.ts';

type FieldValueProps = {
  name: string;
  field: FieldDeclaration;
  value: unknown;
  lookups: Lookups;
  /** Text beside a reference to a company. */
  companyName?: string;
  /** Short: for a cell of a table or a comparison. */
  short?: boolean;
};

export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className={classes['tags']}>
      {tags.map((tag) => (
        <span key={tag} className={classes['tag']}>
          {tag}
        </span>
      ))}
    </span>
  );
}

/** https only and http; anything else is shown as text, so that `javascript:` in an imported file stays a text. */
function siteAddress(text: string): string | undefined {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(address) && /^[\w-]+(\.[\w-]+)+/u.test(new URL(address).hostname) ? address : undefined;
}

export function FieldValue({
  name,
  field,
  value,
  lookups,
  companyName = '',
  short = false,
}: FieldValueProps): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const dates = useDates();
  if (isEmpty(value)) return <span className="quiet">{short ? '—' : t('records.empty')}</span>;
  switch (field.kind) {
    case 'phones':
      return (
        <span className={classes['lines']}>
          {(value as Phone[]).map((phone, index) => (
            <span key={`${phone.number}${index}`}>
              {short ? (
                formatPhone(phone.number)
              ) : (
                <Anchor href={`tel:${phone.number}`} inherit>
                  {formatPhone(phone.number)}
                </Anchor>
              )}
              {phone.label !== '' && <span className="quiet"> {phone.label}</span>}
            </span>
          ))}
        </span>
      );
    case 'emails':
      return (
        <span className={classes['lines']}>
          {(value as Email[]).map((email, index) => (
            <span key={`${email.address}${index}`}>
              {short ? (
                email.address
              ) : (
                <Anchor href={`mailto:${email.address}`} inherit>
                  {email.address}
                </Anchor>
              )}
              {email.label !== '' && <span className="quiet"> {email.label}</span>}
            </span>
          ))}
        </span>
      );
    case 'tags':
      return <Tags tags={value as string[]} />;
    case 'date': {
      const overdue = name === 'nextStepOn' && String(value) < today();
      return (
        <span className={overdue ? classes['overdue'] : undefined}>
          {dates.day(String(value))}
          {name === 'nextStepOn' && String(value) === today() && ` · ${t('records.today')}`}
          {overdue && !short && ` · ${t('records.overdue')}`}
        </span>
      );
    }
    case 'money':
      return dates.money(String(value));
    case 'choice':
      if (name === 'stage') return <StageBadge stage={String(value)} />;
      return words.legalBases[String(value) as LegalBasis] ?? String(value);
    case 'person':
      return lookups.personName(value) || t('common.unknownPerson');
    case 'department':
      return lookups.departmentName(value) || '—';
    case 'company':
      return short ? (
        companyName || String(value).slice(0, 8)
      ) : (
        <AnchorLink to="/companies/$id" params={{ id: String(value) }} inherit>
          {companyName || t('companies.one')}
        </AnchorLink>
      );
    case 'url': {
      const address = siteAddress(String(value));
      return address === undefined || short ? (
        String(value)
      ) : (
        <Anchor href={address} target="_blank" rel="noopener noreferrer" inherit>
          {String(value)}
        </Anchor>
      );
    }
    case 'text':
      return <span className={classes['text']}>{String(value)}</span>;
    default:
      return String(value);
  }
}

/** What a move changes, as a list of sentences. */
import type { DepartmentMoveView } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRowsText } from '../roles/rows-text.ts';
import classes from './departments.module.css';

type Change = Omit<DepartmentMoveView, 'people'>;
const namesOf = (people: readonly { name: string }[]) => people.map(({ name }) => name).join(', ');

export function MoveChanges({ change, people }: { change: Change; people?: number }) {
  const { t } = useTranslation();
  const rowsText = useRowsText();
  const { gain, lose, headsLost } = change;
  const clients = { contacts: rowsText(change.contacts), companies: rowsText(change.companies) };
  const along =
    people === undefined
      ? t('departments.clientsAlong', clients)
      : t('departments.goesAlong', { ...clients, people: t('people.count', { count: people }) });
  return (
    <ul className={classes['changes']}>
      <li>{along}</li>
      {gain.length > 0 && <li>{t('departments.gain', { names: namesOf(gain) })}</li>}
      {lose.length > 0 && <li>{t('departments.lose', { names: namesOf(lose) })}</li>}
      {gain.length + lose.length === 0 && <li>{t('departments.sameEyes')}</li>}
      {headsLost.length > 0 && <li>{t('departments.headsLost', { names: namesOf(headsLost) })}</li>}
    </ul>
  );
}

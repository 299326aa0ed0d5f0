/** What a right lets do, in plain words: one line for each reach, then what it forbids and what it hides. */
import type { Permission, ReviewRightView, Words } from '../../contract.ts';
import { permissions } from '../../contract.ts';
import { useTranslation, useWords } from '../../i18n/index.ts';
import { administration, recordNames, verbs } from '../../people/roles/draft.ts';

export function useRightInWords(): (
  right: Pick<ReviewRightView, 'kind' | 'grants' | 'fieldRights' | 'role'>,
) => string[] {
  const { t } = useTranslation();
  const words = useWords();
  return ({ kind, grants, fieldRights, role }) => {
    const mayEdit = grants['contact.update'] !== undefined || grants['company.update'] !== undefined;
    if (kind === 'department-share') return [mayEdit ? t('reviews.departmentEdit') : t('reviews.departmentRead')];
    if (kind === 'share') {
      return [mayEdit ? t('reviews.sharedEdit') : t('reviews.sharedRead')];
    }
    if (role?.key === 'owner') return [t('reviews.everything')];
    const verbsAt = (level: string) =>
      verbs
        .filter((verb) => recordNames.some((record) => grants[`${record}.${verb}`] === level))
        .map((verb) => lower(t(`roles.verbs.${verb}`)));
    const lines: string[] = [];
    const add = (list: readonly string[], say: (text: string) => string) => {
      if (list.length > 0) lines.push(say(list.join(', ')));
    };
    add(verbsAt('all'), (text) => t('reviews.reachAll', { verbs: text }));
    add(verbsAt('department'), (text) => t('reviews.reachDepartment', { verbs: text }));
    add(verbsAt('own'), (text) => t('reviews.reachOwn', { verbs: text }));
    const given = (permission: Permission) => !['none', 'never'].includes(grants[permission] ?? 'none');
    add(
      administration.filter(given).map((permission) => lower(words.permissions[permission])),
      (text) => t('reviews.also', { list: text }),
    );
    add(
      permissions.filter((permission) => grants[permission] === 'never').map((one) => lower(words.permissions[one])),
      (text) => t('reviews.never', { list: text }),
    );
    add(fieldsOf(fieldRights, words, ['masked']), (text) => t('reviews.fieldsMasked', { list: text }));
    add(fieldsOf(fieldRights, words, ['hidden', 'never']), (text) => t('reviews.fieldsHidden', { list: text }));
    return lines.length === 0 ? [t('reviews.nothing')] : lines;
  };
}

const lower = (text: string) => text.charAt(0).toLocaleLowerCase('uk') + text.slice(1);

function fieldsOf(table: ReviewRightView['fieldRights'], words: Words, levels: readonly string[]): string[] {
  const named = { contact: words.contactFields, company: words.companyFields } as Record<
    string,
    Record<string, string>
  >;
  const found = recordNames.flatMap((record) =>
    Object.entries(table[record] ?? {})
      .filter(([, level]) => levels.includes(level))
      .map(([field]) => lower(named[record]?.[field] ?? field)),
  );
  return [...new Set(found)];
}

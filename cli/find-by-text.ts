/** Departments and people as one writes them on a command line: by id, or by a name that only one bears. */
import { isId } from '#kernel';
import { foldWords } from '#ukraine';

type Named = { readonly id: string; readonly name: string };

export function departmentByText<T extends Named>(list: readonly T[], text: string): T | undefined {
  return only(list, text, (name) => foldWords(name).join(' '));
}

/** Any order of words and either alphabet, or an e-mail where the asker may see e-mails. */
export function personByText<T extends Named & { readonly email: string | null }>(
  list: readonly T[],
  text: string,
): T | undefined {
  if (text.includes('@')) return list.find(({ email }) => email?.toLowerCase() === text.trim().toLowerCase());
  return only(list, text, (name) => foldWords(name).sort().join(' '));
}

function only<T extends Named>(list: readonly T[], text: string, form: (name: string) => string): T | undefined {
  if (isId(text)) return list.find(({ id }) => id === text);
  const wanted = form(text);
  const found = list.filter(({ name }) => wanted !== '' && form(name) === wanted);
  return found.length === 1 ? found[0] : undefined;
}

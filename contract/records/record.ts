/**
 * A record is declared once. The declaration says of each field what it is, how sensitive it is, whether it is sealed,
 * how it can be found, how it is masked, and whether it may leave in an export. From it come the request and response
 * shapes, sealing, blind indexes, import and export columns, form fields and the audit log’s before and after.
 * Plain data on purpose: the browser reads the same declaration and needs no schema library for it.
 */

export type Phone = { number: string; label: string };
export type Email = { address: string; label: string };

/** What a value of each kind looks like on the wire. */
export type KindValue = {
  line: string;
  text: string;
  phones: Phone[];
  emails: Email[];
  date: string | null;
  /** Hryvnias and kopiykas as decimal text, `1200.50`: a number of the browser would lose kopiykas. */
  money: string | null;
  edrpou: string;
  url: string;
  choice: string;
  tags: string[];
  person: string | null;
  department: string | null;
  company: string | null;
};
export type Kind = keyof KindValue;

export type FieldDeclaration = {
  readonly kind: Kind;
  /** personal: about a person, sealed under the record’s own key; business: not about a person, plain. */
  readonly sensitivity: 'personal' | 'business';
  /** sealed fields live only inside the record’s ciphertext; plain ones are columns that lists filter and sort by. */
  readonly storage: 'sealed' | 'plain';
  readonly search: 'none' | 'words' | 'phone' | 'email' | 'code';
  /** How the value looks to somebody who may see the record but not this field. */
  readonly mask: 'none' | 'phone' | 'email' | 'hide';
  readonly export: boolean;
  readonly import: boolean;
  /** Characters for texts, entries for lists, digits before the point for money. */
  readonly max: number;
  readonly choices?: readonly string[];
};

export type RecordDeclaration = {
  readonly name: 'contact' | 'company';
  readonly table: 'contacts' | 'companies';
  readonly fields: Readonly<Record<string, FieldDeclaration>>;
};

type Options = Partial<Omit<FieldDeclaration, 'kind'>>;

const defaults = {
  sensitivity: 'personal',
  storage: 'sealed',
  search: 'none',
  mask: 'none',
  export: true,
  import: true,
} as const satisfies Options;

/** A personal field: sealed unless said otherwise. */
export function personal<K extends Kind>(kind: K, options: Options = {}): FieldDeclaration & { kind: K } {
  return { ...defaults, max: 200, ...options, kind };
}

/** A business field: a plain column. */
export function business<K extends Kind>(kind: K, options: Options = {}): FieldDeclaration & { kind: K } {
  return { ...defaults, max: 200, sensitivity: 'business', storage: 'plain', ...options, kind };
}

/** Names of the fields of a declaration that satisfy a test, in order of declaration. */
export function fieldsWhere(record: RecordDeclaration, test: (field: FieldDeclaration) => boolean): string[] {
  return Object.entries(record.fields)
    .filter(([, field]) => test(field))
    .map(([name]) => name);
}

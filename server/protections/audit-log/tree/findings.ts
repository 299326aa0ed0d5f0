/** What a verification can find, and the list of it. */
const findingKinds = [
  'entry_gone',
  'pruned_young',
  'entry_changed',
  'clock_back',
  'place_gone',
  'tile_changed',
  'head_forged',
  'head_not_of_log',
  'log_cut',
  'without_place',
] as const;
/** `at`: the position of the entry, or the size of the head, that it is about; for `without_place` how many. */
export type Finding = { readonly kind: (typeof findingKinds)[number]; readonly at: number };
export type Find = (kind: Finding['kind'], at: number) => void;

/** More of one kind say nothing more. */
const findingsMax = 100;

export function openFindings(found: readonly Finding[] = []): { findings: Finding[]; find: Find } {
  const findings = [...found];
  return {
    findings,
    find: (kind, at) => {
      if (findings.length < findingsMax) findings.push({ kind, at });
    },
  };
}

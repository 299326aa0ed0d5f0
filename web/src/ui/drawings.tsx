/** Small drawings of the empty, failed, forbidden and finished states, in the manner of the mark. Decoration only. */
export type DrawingName = keyof typeof shapes;

const shapes = {
  // An open gate: room for the first ones.
  empty: (
    <>
      <path d="M12 78V34h9v9h9v-9h9v14h42V34h9v9h9v-9h9v44z" />
      <path d="M50 78V64a10 10 0 0 1 20 0v14" />
      <path d="M60 48V20M60 20h16l-4 5 4 5H60" />
    </>
  ),
  // A spyglass over an empty wall.
  nothing: (
    <>
      <path d="M8 78h104M16 78V60h8v6h8v-6h8v6h8v-6h8v18" />
      <circle cx="78" cy="40" r="17" />
      <path d="m90 53 14 15M71 36a8 8 0 0 1 8-6" />
    </>
  ),
  // A wall with a crack.
  failed: (
    <>
      <path d="M14 78V34h10v9h10v-9h10v9h32v-9h10v9h10v-9h10v44z" />
      <path d="m62 43-7 10 9 7-8 9 4 9" />
    </>
  ),
  // A locked gate.
  closed: (
    <>
      <path d="M30 78V44h10v7h12v-7h16v7h12v-7h10v34z" />
      <path d="M46 44V32a14 14 0 0 1 28 0v12" />
      <circle cx="60" cy="62" r="4" />
      <path d="M60 66v7" />
    </>
  ),
  // The sand has run.
  late: (
    <>
      <path d="M40 16h40M40 78h40M45 16v9c0 11 12 13 12 22S45 58 45 69v9M75 16v9c0 11-12 13-12 22s12 11 12 22v9" />
      <path d="M50 74c2-8 6-11 10-11s8 3 10 11" />
    </>
  ),
  // The gate as it should be.
  done: (
    <>
      <path d="M14 78V34h10v9h10v-9h10v9h32v-9h10v9h10v-9h10v44z" />
      <path d="m48 60 8 8 16-17" />
    </>
  ),
  letter: (
    <>
      <path d="M28 26h64v46H28z" />
      <path d="m28 28 32 25 32-25" />
    </>
  ),
  trash: (
    <>
      <path d="M38 36h44l-4 42H42zM32 36h56M52 36v-8h16v8M53 46l1.5 22M67 46l-1.5 22" />
    </>
  ),
} as const;

export function Drawing({ name }: { name: DrawingName }) {
  return (
    <svg
      viewBox="0 0 120 88"
      width="120"
      height="88"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden
    >
      {shapes[name]}
    </svg>
  );
}

/** The mark: Lubart’s castle that is also a lock. Two towers and a gate make the body, an arch makes the shackle. */
type MarkProps = { size?: number; title?: string };

export function Mark({ size = 28, title }: MarkProps) {
  const labelled = title === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': title };
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} fill="currentColor" {...labelled}>
      <path fill="none" stroke="currentColor" strokeWidth="3" d="M10.6 16V8.4a5.4 5.4 0 0 1 10.8 0V16" />
      <path
        fillRule="evenodd"
        d="M3 10.5h2.3v2.6h2.2v-2.6h2.3v5.3h2.1v-2.2h2.5v2.2h3.2v-2.2h2.5v2.2h2.1v-5.3h2.3v2.6h2.2v-2.6H29V29.6c0 .8-.6 1.4-1.4 1.4H4.4c-.8 0-1.4-.6-1.4-1.4zM16 18.6a3 3 0 0 0-1.5 5.6L13.4 31h5.2l-1.1-6.8a3 3 0 0 0-1.5-5.6z"
      />
    </svg>
  );
}

export function Wordmark({ size = 26 }: { size?: number }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 10, color: 'var(--lubart-accent)' }}>
      <Mark size={size} />
      <span
        style={{ fontWeight: 700, fontSize: size * 0.72, letterSpacing: '0.02em', color: 'var(--mantine-color-text)' }}
      >
        Lubart
      </span>
    </span>
  );
}

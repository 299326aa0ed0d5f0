/** The mark: Lubart’s castle that is also a lock. Two towers and a gate make the body, an arch makes the shackle. */
type MarkProps = { size?: number; title?: string };

export function Mark({ size = 28, title }: MarkProps) {
  const labelled = title === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': title };
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} fill="currentColor" {...labelled}>
      <path fill="none" stroke="currentColor" strokeWidth="3" d="M10.600 16V8.400a5.400 5.400 0 0 1 10.800 0V16" />
      <path
        fillRule="evenodd"
        d="M3 10.500h2.300v2.600h2.200v-2.600h2.300v5.300h2.100v-2.200h2.500v2.200h3.200v-2.200h2.500v2.200h2.100v-5.300h2.300v2.600h2.200v-2.600H29V29.600c0 .8-.6 1.400-1.400 1.400H4.400c-.8 0-1.400-.6-1.400-1.400zM16 18.600a3 3 0 0 0-1.500 5.600L13.400 31h5.200l-1.100-6.800a3 3 0 0 0-1.500-5.600z"
      />
    </svg>
  );
}

export function Wordmark({ size = 26 }: { size?: number }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 10, color: 'var(--lubart-accent)' }}>
      <Mark size={size} />
      <span style={{ fontWeight: 700, fontSize: size * 0.72, letterSpacing: '0.02em', color: 'var(--mantine-color-text)' }}>
        Lubart
      </span>
    </span>
  );
}

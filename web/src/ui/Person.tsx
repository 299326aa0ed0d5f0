/** A colleague’s initials in a circle of a steady colour. */
const tones = ['#1c6b57', '#7d570b', '#265580', '#84311e', '#55524c', '#4c5a1f', '#5b4577', '#7a3a5a'];

function toneOf(text: string): string {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return tones[sum % tones.length] ?? '#1c6b57';
}

export function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/);
  return parts
    .slice(0, 2)
    .map((part) => [...part][0] ?? '')
    .join('')
    .toUpperCase();
}

export function Initials({ name, size = 28 }: { name: string; size?: number }) {
  return (
    <span
      aria-hidden
      className="initials"
      data-initials={initialsOf(name)}
      style={{ width: size, height: size, background: toneOf(name), fontSize: size * 0.4 }}
    />
  );
}

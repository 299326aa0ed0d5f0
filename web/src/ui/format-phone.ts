/** Spaces a phone number for reading. Light on purpose: lists show thousands and need no numbering plans. */
export function formatPhone(number: string): string {
  const ukrainian = /^\+380(\d{2})(\d{3})(\d{2})(\d{2})$/.exec(number);
  if (ukrainian !== null) return `+380 ${ukrainian.slice(1).join(' ')}`;
  if (!/^\+\d{8,15}$/.test(number)) return number;
  const code = number.slice(0, number.length > 11 ? 3 : 2);
  return `${code} ${number.slice(code.length).replaceAll(/(\d{3})(?=\d{2})/g, '$1 ')}`.trim();
}

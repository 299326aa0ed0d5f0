/** What is Ukrainian about names, phones and codes. Pure: the same in the browser and on the server. */
export * from './edrpou.ts';
export * from './email.ts';
export * from './fold.ts';
export * from './order.ts';
export { formatPhone, maskPhone, parseUkrainianPhone, phoneTextMax } from './phone.ts';
export type { ParsedPhone } from './phone.ts';
export { parsePhone } from './phone-abroad.ts';

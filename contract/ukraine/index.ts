/**
 * What is Ukrainian about names, phones and codes. Pure: the same in the browser and on the server.
 *
 * `parsePhone`, which knows the phones of every country, has a door of its own, `phone-abroad.ts`: a bundler would put
 * its library into the first load of the web app if it stood here.
 */
export * from './edrpou.ts';
export * from './email.ts';
export * from './fold.ts';
export * from './order.ts';
export { formatPhone, maskPhone, parseUkrainianPhone, phoneTextMax } from './phone.ts';
export type { ParsedPhone } from './phone.ts';

export type { Letter, Mail, MailOptions, MailStatus } from './mail.ts';
export { openMail } from './mail.ts';
export { quoted } from './letter-text.ts';

export type { SmsMessage } from './attempt.ts';
export type { Sms } from './open-sms.ts';
export { openSms } from './open-sms.ts';

export * from './errors.ts';
export * from './ids.ts';
export * from './clock.ts';
export type { Config, Setting } from './config.ts';
export { isLoopbackHost, readConfig, settings } from './config.ts';
export type { MailSettings } from './mail-settings.ts';
export type { SmsAddress } from './sms-address.ts';
export type { Lifecycle } from './lifecycle.ts';
export { createLifecycle } from './lifecycle.ts';

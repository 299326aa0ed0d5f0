/** Words of the closed sets, Ukrainian first. A test proves that both languages say every one of them. */
import { en } from './en.ts';
import { uk } from './uk.ts';

export const languages = ['uk', 'en'] as const;
export type Language = (typeof languages)[number];
export type { Words } from './words.ts';
export const words = { uk, en } as const;

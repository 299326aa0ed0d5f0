/** The door of blind search: tokens to store, tokens to ask for, and the check of what was found. */
export type { SearchKey } from './search-key.ts';
export { makeIndexKey, tokensMax } from './search-key.ts';
export type { SearchRecord } from './record-tokens.ts';
export { codeToken, emailToken, phoneToken, tokensOf } from './record-tokens.ts';
export type { Query } from './query-tokens.ts';
export { queryTokens } from './query-tokens.ts';

export type { Certificate, HashName, StampMeans } from './certificate.ts';
export { readPem } from './certificate.ts';
export { isOid, readAll, readParts, tags, write, writeOid } from './der.ts';
export type { StampFault, StampVerdict } from './read-stamp.ts';
export { readStamp, stampFaults } from './read-stamp.ts';

export { openKeptCertificate } from './kept-certificate.ts';
export { authorityFile, openLocalAuthority } from './local-authority.ts';
export { openAcme } from './obtain-acme.ts';
export { transitPosture } from './posture.ts';
export type { CertificateFacts } from './read-certificate.ts';
export { readCertificate } from './read-certificate.ts';
export { openRedirect } from './redirect.ts';
export type { CertificateFiles, ServedCertificate } from './served-certificate.ts';
export { openServedCertificate } from './served-certificate.ts';

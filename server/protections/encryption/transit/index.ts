export type { CertificateFacts } from './read-certificate.ts';
export { openRedirect } from './redirect.ts';
export type { CertificateFiles, ServedCertificate } from './served-certificate.ts';
export { openServedCertificate } from './served-certificate.ts';

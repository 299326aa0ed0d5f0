/**
 * What our TLS speaks: versions 1.3 and 1.2 (RFC 8446, RFC 9325), forward secrecy and authenticated ciphers only, a key agreement
 * that also withstands a later quantum computer where the browser knows it (X25519MLKEM768). Resumption is by tickets whose key is
 * drawn anew every hour and with every new certificate, so a stolen key opens one hour, and a ticket never outlives what vouched for it. OCSP is not stapled: public authorities have ended it in favour of short
 * certificates, and a local authority has nobody to ask. Early data (0-RTT) is not offered: it can be replayed.
 */
import { constants, randomBytes } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

const { SSL_OP_CIPHER_SERVER_PREFERENCE, SSL_OP_NO_RENEGOTIATION, SSL_OP_PRIORITIZE_CHACHA } = constants as unknown as {
  SSL_OP_CIPHER_SERVER_PREFERENCE: number;
  SSL_OP_NO_RENEGOTIATION: number;
  SSL_OP_PRIORITIZE_CHACHA: number;
};

export const cipherList = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
] as const;

export const tlsRules = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: cipherList.join(':'),
  ecdhCurve: 'X25519MLKEM768:X25519:P-256:P-384',
  // Attack: a client that asks for ever new handshakes within one connection keeps the processor busy.
  secureOptions: SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION | SSL_OP_PRIORITIZE_CHACHA,
  sessionTimeout: 3600,
} as const satisfies TlsOptions;

/** How long one key of session tickets is used. */
export const ticketKeyMillis = 3_600_000;

/** A key for session tickets (48 bytes: name, cipher and hash). */
export const newTicketKeys = (): Buffer => randomBytes(48);

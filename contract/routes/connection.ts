/** How browsers and the database are connected: all that everybody who connects may see anyway, on one page. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Instant, Nullable, oneOf } from './shapes.ts';

/** Whose certificate: none (plain, on this machine or behind a proxy), files of one’s own, an authority over ACME, an own authority. */
export const certificateWays = ['none', 'files', 'acme', 'local'] as const;
/** Why no newer certificate is served, or that somebody must see to one. */
export const certificateTroubles = [
  'authority_refused',
  'authority_unreachable',
  'files_refused',
  'ends_soon',
] as const;
export type CertificateTrouble = (typeof certificateTroubles)[number];

export const ConnectionView = Type.Object({
  way: oneOf(certificateWays),
  certificate: Nullable(
    Type.Object({
      names: Type.Array(Type.String()),
      issuer: Type.String(),
      since: Instant,
      until: Instant,
      fingerprint: Type.String({ description: 'SHA-256, as browsers show it' }),
      chainComplete: Type.Boolean(),
    }),
  ),
  renewsAt: Nullable(Instant),
  trouble: Nullable(oneOf(certificateTroubles)),
  /** A renewal that failed: since when, and when it is tried again. */
  renewal: Nullable(Type.Object({ failsSince: Instant, nextTryAt: Instant })),
  versions: Type.Array(Type.String()),
  hstsSeconds: Nullable(Type.Integer()),
  /** `verified`: by TLS, its certificate and name are checked; `here`: on this machine. There is no third. */
  database: oneOf(['verified', 'here'] as const),
  /** The certificate of the own authority, for devices; it is no secret. */
  authority: Nullable(Type.Object({ pem: Type.String(), fingerprint: Type.String() })),
});
export type ConnectionViewValue = Type.Static<typeof ConnectionView>;

export const connectionRoutes = {
  'GET /api/v1/security/connection': {
    permission: 'security.read',
    summary: 'The certificate in use, its renewal, and whether the connections are verified',
    response: ConnectionView,
  },
} as const satisfies RouteTable;

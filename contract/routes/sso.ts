/** Single sign-on by OpenID Connect: the way through a provider, and the providers themselves. */
import Type from 'typebox';
import type { RouteTable } from './route.ts';
import { Empty, Instant, Nullable, Uuid } from './shapes.ts';

const closed = { additionalProperties: false };
const Id = Type.Object({ id: Uuid });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Issuer = Type.String({ minLength: 1, maxLength: 500 });
const ClientId = Type.String({ minLength: 1, maxLength: 500 });
const Secret = Nullable(Type.String({ minLength: 1, maxLength: 1000 }));
const Domains = Type.Array(Type.String({ minLength: 1, maxLength: 254 }), { minItems: 1, maxItems: 50 });
const RoleReference = Type.String({ minLength: 1, maxLength: 80 });
const Groups = Type.Object(
  {
    claim: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^\\S+$',
      description: 'Where the provider says the groups',
    }),
    roles: Type.Array(
      Type.Object({ group: Type.String({ minLength: 1, maxLength: 200 }), role: RoleReference }, closed),
      { maxItems: 200 },
    ),
  },
  closed,
);
const Joins = Nullable(
  Type.Object({ roles: Type.Array(RoleReference, { minItems: 1, maxItems: 10 }), departmentId: Uuid }, closed),
);
const Acr = Type.Array(Type.String({ minLength: 1, maxLength: 300, pattern: '^\\S+$' }), { maxItems: 20 });

export const SsoProvider = Type.Object({
  id: Uuid,
  name: Type.String({ description: 'What the button says' }),
  issuer: Type.String(),
  clientId: Type.String(),
  hasSecret: Type.Boolean(),
  domains: Type.Array(Type.String({ description: 'Domains of e-mails that may come in this way' })),
  emailTrusted: Type.Boolean({ description: 'Its e-mails are believed without being marked as verified' }),
  mfaAcr: Type.Array(Type.String({ description: 'Values of acr that prove a second factor' })),
  enabledAt: Nullable(Instant),
  localClosedAt: Nullable(Instant),
  groups: Groups,
  joins: Joins,
  people: Type.Integer({ description: 'How many came in this way' }),
});
export type SsoProviderView = Type.Static<typeof SsoProvider>;

export const ssoRoutes = {
  'GET /api/v1/sign-in/sso': {
    permission: 'anyone',
    summary: 'Providers that have a button on the sign-in page',
    response: Type.Object({ providers: Type.Array(Type.Object({ id: Uuid, name: Type.String() })) }),
  },
  'POST /api/v1/sign-in/sso/start': {
    permission: 'anyone',
    summary: 'Where to go to sign in at a provider, chosen by its id or by the domain of an e-mail',
    body: Type.Object(
      { providerId: Type.Optional(Uuid), email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })) },
      closed,
    ),
    response: Type.Object({ url: Type.String() }),
  },
  'GET /api/v1/sign-in/sso/callback': {
    permission: 'anyone',
    summary: 'Where a provider sends the browser back to; answers with a redirect to a page',
    // A provider may add what it likes; what counts is read strictly afterwards.
    query: Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 8000 })),
    redirects: true,
  },
  'GET /api/v1/sso/providers': {
    permission: 'security.read',
    summary: 'Providers of single sign-on, and the address to enter at them',
    response: Type.Object({ providers: Type.Array(SsoProvider), callback: Type.String() }),
  },
  'POST /api/v1/sso/providers': {
    permission: 'security.update',
    summary: 'Add a provider, switched off',
    body: Type.Object(
      {
        name: Name,
        issuer: Issuer,
        clientId: ClientId,
        clientSecret: Type.Optional(Secret),
        domains: Domains,
        emailTrusted: Type.Optional(Type.Boolean()),
        mfaAcr: Type.Optional(Acr),
      },
      closed,
    ),
    response: SsoProvider,
  },
  'PATCH /api/v1/sso/providers/:id': {
    permission: 'security.update',
    summary:
      'Change a provider: switch it on, close the password for its domains, give roles by groups, take in new people',
    params: Id,
    body: Type.Object(
      {
        name: Type.Optional(Name),
        issuer: Type.Optional(Issuer),
        clientId: Type.Optional(ClientId),
        clientSecret: Type.Optional(Secret),
        domains: Type.Optional(Domains),
        emailTrusted: Type.Optional(Type.Boolean()),
        mfaAcr: Type.Optional(Acr),
        enabled: Type.Optional(Type.Boolean()),
        localClosed: Type.Optional(Type.Boolean()),
        groups: Type.Optional(Groups),
        joins: Type.Optional(Joins),
      },
      closed,
    ),
    response: SsoProvider,
  },
  'DELETE /api/v1/sso/providers/:id': {
    permission: 'security.update',
    summary: 'Remove a provider and the links to its accounts',
    params: Id,
    response: Empty,
  },
  'POST /api/v1/sso/providers/:id/test': {
    permission: 'security.update',
    summary: 'Ask the provider for its description',
    params: Id,
    response: Empty,
  },
  'GET /api/v1/sso/providers/:id/affected': {
    permission: 'security.update',
    summary: 'Who would come in by this provider alone, were the password closed for its domains',
    params: Id,
    response: Type.Object({
      people: Type.Array(
        Type.Object({ personId: Uuid, name: Type.String(), linked: Type.Boolean({ description: 'Came in this way' }) }),
      ),
      owners: Type.Integer({ description: 'Owners of these domains; they keep the password' }),
    }),
  },
} as const satisfies RouteTable;

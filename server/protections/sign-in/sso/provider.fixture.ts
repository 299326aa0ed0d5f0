/** A real OpenID Connect provider (oidc-provider) on this machine, and a browser that goes there and comes back. */
import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** Who is signed in at the provider, and what it will say. */
export type Account = {
  sub: string;
  email: string;
  verified?: boolean;
  amr?: string[];
  acr?: string;
  name?: string;
  /** Whatever the provider says where groups should be. */
  groups?: unknown;
};

export type TestProvider = {
  issuer: string;
  account: Account;
  /** Gives the same tokens again for a code that was used. */
  careless: boolean;
  close(): Promise<void>;
};

export const clientId = 'lubart';
export const clientSecret = 'the secret that the provider gave to Lubart, long enough';

export async function openTestProvider(callback: string): Promise<TestProvider> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const opened: TestProvider = {
    issuer,
    account: { sub: 'nobody', email: 'nobody@nide.example' },
    careless: false,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [callback] }],
    claims: { openid: ['sub', 'email', 'email_verified', 'amr', 'acr', 'name', 'groups'] },
    conformIdTokenClaims: false,
    acrValues: ['urn:two-factors'],
    cookies: { keys: ['only for tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => {
        const { email, verified = true, name, groups } = opened.account;
        return { sub, email, email_verified: verified, name, groups };
      },
    }),
  });
  const answer = provider.callback();
  let lastTokens: string | undefined;
  server.on('request', (request, response) => {
    if (request.url === '/token' && opened.careless) {
      if (lastTokens !== undefined) return void response.setHeader('content-type', 'application/json').end(lastTokens);
      keepBody(response, (body) => (lastTokens = body));
    }
    if (!request.url!.startsWith('/interaction/')) return void answer(request, response);
    void (async () => {
      const { account } = opened;
      const { params } = await provider.interactionDetails(request, response);
      const grant = new provider.Grant({ accountId: account.sub, clientId: String(params['client_id']) });
      grant.addOIDCScope('openid email profile');
      const login = {
        accountId: account.sub,
        ...(account.amr === undefined ? {} : { amr: account.amr }),
        ...(account.acr === undefined ? {} : { acr: account.acr }),
      };
      await provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
    })();
  });
  return opened;
}

function keepBody(response: ServerResponse, keep: (body: string) => void): void {
  const end = response.end.bind(response);
  response.end = ((body: string | Buffer) => {
    keep(body.toString());
    return end(body);
  }) as typeof response.end;
}

/** Follows the provider’s redirects until it sends the browser back to `callback`; returns that address. */
export async function goThrough(url: string, callback: string): Promise<string> {
  const jar = new Map<string, string>();
  let at = url;
  for (let hops = 0; hops < 10 && !at.startsWith(callback); hops += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = set.split(';')[0]!.split(/=(.*)/s) as [string, string];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    at = new URL(location, at).href;
  }
  return at;
}

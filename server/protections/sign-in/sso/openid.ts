/**
 * Speaks OpenID Connect with one provider and knows nothing of people: authorization code flow with PKCE S256, state and nonce
 * (OpenID Connect Core 1.0 §3.1, RFC 7636), the issuer of an answer (RFC 9207) and the signature of the ID token. Everything but
 * TLS is refused, and a provider that answers slowly, endlessly or elsewhere is one that is down.
 */
import * as openid from 'openid-client';
import type { Secret } from '#kernel';
import { LubartError } from '#kernel';

export type ProviderSettings = {
  id: string;
  version: number;
  issuer: string;
  clientId: string;
  clientSecret: Secret<string> | null;
  mfaAcr: readonly string[];
  /** Where it says the groups; null: they are not asked for. */
  groupsClaim?: string | null;
};

/** What the browser keeps, sealed, between leaving for the provider and coming back. */
export type Flow = { state: string; nonce: string; verifier: string };

/** What the provider says of who came. */
export type Claims = {
  subject: string;
  email: string | null;
  emailVerified: boolean;
  /** The provider proved more than one factor, by `amr` (RFC 8176) or by an `acr` that stands for it here. */
  factorProved: boolean;
  /** As the provider calls the person; null when it does not. */
  name: string | null;
  /** null: they were not asked for. Empty also when what was said could not be read. */
  groups: readonly string[] | null;
  groupsUnread: boolean;
};

export type OpenId = {
  /** @throws sso.provider_down, sso.issuer_wrong */
  test(provider: ProviderSettings): Promise<void>;
  start(provider: ProviderSettings, callback: string): Promise<{ url: string; flow: Flow }>;
  /** @throws sso.answer_invalid, sso.cancelled, sso.provider_down, sso.issuer_wrong */
  finish(provider: ProviderSettings, answer: URL, flow: Flow): Promise<Claims>;
};

const keptMillis = 10 * 60_000;
/** How long a provider that failed is not asked again by strangers, milliseconds. */
const failedMillis = 5_000;
const keptMax = 200;
const timeoutSeconds = 10;
const answerBytesMax = 1_048_576;
/** Clocks of two companies differ. */
const skewSeconds = 120;
/** Methods that are a second factor, or are several by themselves (RFC 8176 §2). */
const strongMethods = new Set(['mfa', 'otp', 'hwk', 'swk', 'sc', 'fido', 'mca']);

export function openOpenId(): OpenId {
  const kept = new Map<string, { until: number; configuration: Promise<openid.Configuration> }>();
  const configurationOf = async (provider: ProviderSettings, fresh = false): Promise<openid.Configuration> => {
    const key = `${provider.id} ${provider.version}`;
    const known = kept.get(key);
    if (!fresh && known !== undefined && known.until > Date.now()) return known.configuration;
    // Attack: anybody may ask to sign in, and each of a flood would send a question to the provider: all wait for the one that runs.
    const configuration = discover(provider);
    const asked = { until: Date.now() + keptMillis, configuration };
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    kept.set(key, asked);
    configuration.catch(() => (asked.until = Date.now() + failedMillis));
    return configuration;
  };
  return {
    test: async (provider) => {
      await configurationOf(provider, true);
    },
    start: async (provider, callback) => {
      const configuration = await configurationOf(provider);
      const flow = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      };
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: callback,
        scope: 'openid email profile',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        ...(provider.mfaAcr.length === 0 ? {} : { acr_values: provider.mfaAcr.join(' ') }),
      });
      return { url: url.href, flow };
    },
    finish: async (provider, answer, { state, nonce, verifier }) => {
      const configuration = await configurationOf(provider);
      try {
        const tokens = await openid.authorizationCodeGrant(configuration, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const told = tokens.claims()!;
        const { groupsClaim = null } = provider;
        const isMissing = told['email'] === undefined || (groupsClaim !== null && told[groupsClaim] === undefined);
        const more =
          isMissing && configuration.serverMetadata().userinfo_endpoint !== undefined
            ? await openid.fetchUserInfo(configuration, tokens.access_token, told.sub)
            : {};
        return readClaims(provider, told, { ...more, ...told });
      } catch (error) {
        throw codedFailure(error);
      }
    },
  };
}

async function discover(provider: ProviderSettings): Promise<openid.Configuration> {
  const issuer = requireIssuer(provider.issuer);
  const execute = [openid.enableNonRepudiationChecks];
  // Plain HTTP never leaves this machine: see `careful`.
  if (isLoopback(issuer)) execute.push(openid.allowInsecureRequests);
  const ask = (auth: openid.ClientAuth) =>
    openid.discovery(issuer, provider.clientId, { [openid.clockTolerance]: skewSeconds }, auth, {
      execute,
      timeout: timeoutSeconds,
      [openid.customFetch]: careful,
    });
  try {
    const { clientSecret } = provider;
    if (clientSecret === null) return await ask(openid.None());
    const configuration = await ask(openid.ClientSecretBasic(clientSecret.expose()));
    const methods = configuration.serverMetadata().token_endpoint_auth_methods_supported;
    if (methods === undefined || methods.includes('client_secret_basic')) return configuration;
    return await ask(openid.ClientSecretPost(clientSecret.expose()));
  } catch (error) {
    const failure = codedFailure(error);
    throw failure.code === 'sso.answer_invalid' ? new LubartError('sso.issuer_wrong', { field: 'issuer' }) : failure;
  }
}

/** @throws sso.issuer_wrong */
export function requireIssuer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Attack: over plain HTTP whoever sits between reads the client secret and writes the keys that tokens are checked by.
  const safe = url !== undefined && (url.protocol === 'https:' || isLoopback(url));
  if (!safe || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new LubartError('sso.issuer_wrong', { field: 'issuer' });
  }
  return url;
}

const isLoopback = ({ protocol, hostname }: URL) =>
  protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Follows nobody elsewhere, and reads no more than a description or a token can be. */
const careful: openid.CustomFetch = async (address, options) => {
  const url = new URL(address);
  if (url.protocol !== 'https:' && !isLoopback(url)) throw new LubartError('sso.issuer_wrong', { field: 'issuer' });
  const response = await fetch(address, { ...(options as RequestInit), redirect: 'manual' });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw new LubartError('sso.provider_down');
    parts.push(part);
  }
  const empty = [101, 204, 205, 304].includes(response.status);
  const { status, statusText, headers } = response;
  return new Response(empty ? null : Buffer.concat(parts), { status, statusText, headers });
};

/** More groups than a person can be in, or longer than a name is, is no list of groups. */
export const groupsMax = 1_000;
const groupLengthMax = 200;

/**
 * Attack: a flood of groups, or something that is no list, in which the reading stops before the group that was taken away. What
 * cannot be read whole counts as no group at all; so does “too many to send” (`_claim_names`, OpenID Connect Core 1.0 §5.6.2).
 */
function readGroups(
  claim: string | null,
  all: Readonly<Record<string, unknown>>,
): Pick<Claims, 'groups' | 'groupsUnread'> {
  if (claim === null) return { groups: null, groupsUnread: false };
  const said = Object.hasOwn(all, claim) ? all[claim] : undefined;
  if (said === undefined) {
    const elsewhere = all['_claim_names'];
    const isElsewhere = typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, claim);
    return { groups: [], groupsUnread: isElsewhere };
  }
  const isList =
    Array.isArray(said) &&
    said.length <= groupsMax &&
    said.every((one) => typeof one === 'string' && one.length <= groupLengthMax);
  return isList ? { groups: said as string[], groupsUnread: false } : { groups: [], groupsUnread: true };
}

function readClaims(
  { mfaAcr, groupsClaim = null }: ProviderSettings,
  token: openid.IDToken,
  all: Readonly<Record<string, unknown>>,
): Claims {
  // How somebody signed in there is believed from the signed token alone.
  const { sub: subject, amr, acr } = token;
  const methods: unknown[] = Array.isArray(amr) ? amr : [];
  const { email, email_verified: verified, name } = all;
  return {
    subject,
    email: typeof email === 'string' ? email : null,
    emailVerified: verified === true || verified === 'true',
    name: typeof name === 'string' ? name : null,
    ...readGroups(groupsClaim, all),
    factorProved:
      methods.some((method) => strongMethods.has(String(method))) || (typeof acr === 'string' && mfaAcr.includes(acr)),
  };
}

/** Nothing of what the provider wrote goes on: a message can quote an e-mail or a token. */
function codedFailure(error: unknown): LubartError {
  if (error instanceof LubartError) return error;
  const { cause, code } = error as { cause?: unknown; code?: unknown };
  if (cause instanceof LubartError) return cause;
  if (error instanceof openid.AuthorizationResponseError) {
    return new LubartError(error.error === 'access_denied' ? 'sso.cancelled' : 'sso.answer_invalid', { cause: error });
  }
  const silent =
    code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT' || (error instanceof TypeError && code === undefined);
  const status = cause instanceof Response ? cause.status : 0;
  if (silent || status >= 500) return new LubartError('sso.provider_down', { cause: error });
  return new LubartError('sso.answer_invalid', { cause: error });
}

/** By which an e-mail belongs to a provider. */
import { signInEmail } from '#protections/access';

export const domainOf = (email: string): string => signInEmail(email).split('@').at(-1) ?? '';

/**
 * Loaded into a Lubart that a test starts as a process: keys are read anew five times as often, so that replacing one takes seconds. What is
 * waited for stays the same: a whole lease.
 */
import { keyPace } from '../server/protections/encryption/organization-keys.ts';

Object.assign(keyPace, { refreshMillis: keyPace.refreshMillis / 5, leaseMillis: keyPace.leaseMillis / 5 });

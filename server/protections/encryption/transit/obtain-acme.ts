/** Chains from a public authority: the account key lies beside the root key, mode 600, and is made once. */
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orderCertificate } from './acme.ts';
import type { ObtainChain } from './kept-certificate.ts';
import { writeWhole } from './kept-certificate.ts';
import type { AnswerChallenge } from './redirect.ts';

export type AcmeSource = { obtain: ObtainChain; answerChallenge: AnswerChallenge };

export function openAcme(directory: string, hostName: string, folder: string): AcmeSource {
  const proofs = new Map<string, string>();
  const publish = (path: string, proof: string | null) => {
    if (proof === null) proofs.delete(path);
    else proofs.set(path, proof);
  };
  return {
    answerChallenge: (path) => proofs.get(path) ?? null,
    obtain: async (certificateKey, signal) => {
      const accountKey = await openAccountKey(folder);
      const names = [hostName];
      return orderCertificate({ directory, names, email: undefined, accountKey, certificateKey, publish, signal });
    },
  };
}

async function openAccountKey(folder: string): Promise<KeyObject> {
  const file = join(folder, 'acme-account.key');
  const pem = await readFile(file, 'utf8').catch(() => null);
  if (pem !== null) return createPrivateKey(pem);
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(file, key.export({ type: 'pkcs8', format: 'pem' }));
  return key;
}

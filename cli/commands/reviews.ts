/**
 * `lubart reviews verify FILE`: whether the result of an access review is what this organization signed. The key in the file proves
 * nothing, for whoever forges a file signs it with a key of their own: the key comes from this database, or from whoever verifies.
 */
import { readFile } from 'node:fs/promises';
import { isId } from '#kernel';
import { findPublicKey, readSignedFile, sha256 } from '#protections/access/reviews';
import { ed25519Verify } from '#protections/encryption';
import { systemReach } from '#protections/encryption';
import type { Action, Context } from '../command.ts';
import { UsageError } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { factLines } from '../print-table.ts';

const words = {
  uk: {
    valid: '✔ Підпис справжній: файл такий, яким його підписано.',
    forged: '✖ Підпис не справжній: файл змінено або підписано не цим ключем.',
    unknown: '✖ Цього ключа тут не знають: чий це підпис, невідомо.',
    foreign: '✖ Це не підписаний підсумок перегляду доступів.',
    organization: 'Компанія',
    closed: 'Закрито',
    rights: 'Прав',
    key: 'Відкритий ключ',
    hash: 'SHA-256 документа',
  },
  en: {
    valid: '✔ The signature holds: the file is as it was signed.',
    forged: '✖ The signature does not hold: the file was changed, or signed with another key.',
    unknown: '✖ This key is not known here: whose signature it is cannot be told.',
    foreign: '✖ This is no signed result of an access review.',
    organization: 'Company',
    closed: 'Closed',
    rights: 'Rights',
    key: 'Public key',
    hash: 'SHA-256 of the document',
  },
} as const;

type Document = {
  organization?: { id?: string; name?: string };
  campaign?: { closedAt?: string };
  rights?: readonly unknown[];
};

async function verify(context: Context) {
  const say = words[context.language];
  const text = await readFile(context.operands[0]!, 'utf8').catch(() => {
    throw new UsageError({ uk: 'Файл не читається.', en: 'The file cannot be read.' });
  });
  const file = readSignedFile(text);
  if (file === undefined)
    return { data: { valid: false, reason: 'form' }, lines: [say.foreign], exitCode: exitCodes.notAccepted };
  const document = file.document as Document;
  const key = await keyFor(context, document.organization?.id, file.keyId);
  const valid = key !== undefined && ed25519Verify(key, file.bytes, file.signature);
  const reason = valid ? null : key === undefined ? 'key' : 'signature';
  return {
    data: { valid, reason, sha256: sha256(file.bytes), publicKey: key?.toString('base64') ?? null },
    lines: [
      valid ? say.valid : key === undefined ? say.unknown : say.forged,
      ...factLines([
        [say.organization, document.organization?.name],
        [say.closed, document.campaign?.closedAt],
        [say.rights, document.rights?.length],
        [say.key, key?.toString('base64')],
        [say.hash, sha256(file.bytes)],
      ]),
    ],
    exitCode: valid ? exitCodes.ok : exitCodes.notAccepted,
  };
}

async function keyFor(context: Context, organizationId: unknown, keyId: string): Promise<Buffer | undefined> {
  const given = context.text('public-key');
  if (given !== undefined) {
    const key = Buffer.from(given, 'base64');
    if (key.length === 32) return key;
    throw new UsageError({ uk: '--public-key: 32 байти в base64.', en: '--public-key: 32 bytes in base64.' });
  }
  if (!isId(organizationId) || !isId(keyId)) return undefined;
  const { lubart } = await context.open();
  return lubart.database.read(systemReach(organizationId), (tx) => findPublicKey(tx, organizationId, keyId));
}

export const reviewActions: readonly Action[] = [
  {
    words: ['reviews', 'verify'],
    operands: ['FILE'],
    options: {
      'public-key': {
        type: 'text',
        value: 'BASE64',
        meaning: {
          uk: 'відкритий ключ компанії, якщо цієї бази тут немає',
          en: 'the public key of the company, where its database is not at hand',
        },
      },
    },
    summary: {
      uk: 'Перевірити підпис підсумку перегляду доступів',
      en: 'Verify the signature of an access review’s result',
    },
    more: {
      uk: 'Без --public-key ключ береться з цієї бази. Код 6, якщо підпис не справжній.',
      en: 'Without --public-key the key is taken from this database. Exit code 6 when the signature does not hold.',
    },
    run: verify,
  },
];

/**
 * Time stamps in a file of the log, in the hands of somebody who believes nobody: each is named with its moment and what it covers, or it
 * is said in words why it does not fit. The page computes them by other means than the command, and both must say the same.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, sign, verify as verifySignature } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ed25519Pair, ed25519Signer } from '#protections/encryption';
import { makeTestFolder } from '#test/harness.ts';
import type { Certificate, StampWish } from '#test/soft-authority.ts';
import { makeCertificate, stampBytes } from '#test/soft-authority.ts';
import { opensslThere } from '#test/stamp-authority.ts';
import type { StampMeans } from '../contract/stamps/index.ts';
import { readPem, readStamp } from '../contract/stamps/index.ts';
import {
  evidenceLines,
  evidenceHeading,
  noteKey,
  signText,
  writeCheckpoint,
  writeKey,
  writeNote,
} from '../contract/tlog/index.ts';
import { buildVerifiers, verifierFiles } from './build.ts';
import { stampMeans } from './stamp-means.ts';

const { path: folder } = makeTestFolder();
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const logPair = ed25519Pair();
const key = noteKey(hash, 'crm.example/audit-log/1', 'log', logPair.publicKey);
const root = makeCertificate({ name: 'Корінь часу', ca: true });
const rsaRoot = makeCertificate({ name: 'Корінь RSA', ca: true, kind: 'rsa' });
const forStamps = { uses: ['timeStamping'] } as const;
const signer = makeCertificate({ name: 'Служба часу', issuer: root, ...forStamps });
const day = 86_400_000;

before(() => buildVerifiers(folder));

/** So many entries, one a minute up to now. */
const entries = Array.from({ length: 8 }, (_, at) =>
  Buffer.from(JSON.stringify({ v: 1, at: new Date(Date.now() - (8 - at) * 60_000).toISOString() })),
);
function treeOf(list: readonly Buffer[]): Buffer {
  if (list.length === 1) return hash(Buffer.concat([Buffer.of(0), list[0]!]));
  const half = 2 ** Math.ceil(Math.log2(list.length) - 1);
  return hash(Buffer.concat([Buffer.of(1), treeOf(list.slice(0, half)), treeOf(list.slice(half))]));
}
function headOf(size: number): string {
  const text = writeCheckpoint({ origin: key.name, size, root: treeOf(entries.slice(0, size)) });
  return writeNote(text, [signText(key, text, ed25519Signer(logPair.seed))]);
}
const stampOf = (size: number, wish: Partial<StampWish> = {}) =>
  stampBytes(Buffer.from(headOf(size)), { signer, ...wish });

/** A file of all entries, with a head and these stamps of it at each of these sizes. */
function fileWith(stamps: ReadonlyMap<number, readonly Buffer[]>): string {
  let text = `${evidenceHeading}\n${evidenceLines.key(writeKey(key))}`;
  for (const [at, bytes] of entries.entries()) {
    text += evidenceLines.entry(bytes);
    const here = stamps.get(at + 1);
    if (here !== undefined || at + 1 === entries.length) text += evidenceLines.head(headOf(at + 1));
    for (const one of here ?? []) text += evidenceLines.stamp(one);
  }
  return `${text}${evidenceLines.end(entries.length)}`;
}

/** The same with another second in it, as the certificate’s own moments are not. */
function laterBy(stamp: Buffer): Buffer {
  const changed = Buffer.from(stamp);
  const at = changed.indexOf(Buffer.concat([Buffer.from([0x18, 0x0f]), Buffer.from(`${new Date().getUTCFullYear()}`)]));
  assert.ok(at > 0);
  changed[at + 15]! ^= 1;
  return changed;
}

let count = 0;
const fileOf = (content: string) => {
  const path = join(folder, `${(count += 1)}.txt`);
  writeFileSync(path, content);
  return path;
};
function check(text: string, { roots = [root], lang = 'uk' }: { roots?: Certificate[]; lang?: string } = {}) {
  const given = roots.flatMap(({ pem }) => ['--root', fileOf(pem)]);
  const asked = ['--key', writeKey(key), ...given, '--lang', lang, fileOf(text)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, verifierFiles.command), ...asked], {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

test('each authority is named: how much it saw, when first and last, what came after, and since when all of it stands', () => {
  const [early, late] = [new Date(Date.now() - 30_000), new Date()];
  const file = fileWith(
    new Map([
      [5, [stampOf(5, { at: early })]],
      [7, [stampOf(7, { at: late })]],
    ]),
  );
  const second = (at: Date) => at.toISOString().slice(0, 19);
  const { status, said } = check(file);
  assert.equal(status, 0, said);
  const last = `Позначка часу, Служба часу: ${second(late)}.000Z, записів: 7`;
  const first = `(усього: 2; перше: ${second(early)}.000Z, записів: 5)`;
  assert.ok(said.includes(`${last} ${first}`), said);
  assert.match(said, /Записів під найновішим підтвердженням ззовні: 7, після нього: 1/);
  assert.match(said, /не відкликано/);
  // The last entry lies under no stamp.
  assert.doesNotMatch(said, /Усі записи файлу існували/);
  assert.doesNotMatch(said, /за сертифікатом із самого файлу/);
  const all = check(fileWith(new Map([[8, [stampOf(8, { at: late }), stampOf(8)]]])), { lang: 'en' });
  assert.ok(
    all.said.includes(`All entries of the file existed not later than ${second(late)}.000Z: Служба часу`),
    all.said,
  );
});

test('without a root certificate of one’s own it is said that none was compared; under another one nothing is believed', () => {
  const file = fileWith(new Map([[8, [stampOf(8)]]]));
  const without = check(file, { roots: [] });
  assert.equal(without.status, 0);
  assert.match(without.said, /Позначка часу, Служба часу: .*, записів: 8[\s\S]*за сертифікатом із самого файлу/);
  const other = check(file, { roots: [makeCertificate({ name: 'Корінь часу', ca: true })] });
  assert.equal(other.status, 0);
  assert.match(other.said, /не стоїть жоден із ваших кореневих сертифікатів: 1/);
  assert.doesNotMatch(other.said, /Позначка часу,|існували не пізніше/);
  assert.match(check(file, { roots: [{ ...root, pem: 'x' }] }).said, /Кореневий сертифікат не читається/);
});

test('a stamp that does not fit is a finding, and it is said in words why', () => {
  const broken = Buffer.from(stampOf(8));
  broken[broken.length - 3]! ^= 1;
  const wrong: [what: string, stamp: Buffer, said: RegExp, english: RegExp][] = [
    ['of another head', stampOf(7), /від чогось іншого/, /of something else/],
    ['another moment', laterBy(stampOf(8)), /підпис не сходиться/, /does not fit/],
    ['a broken signature', broken, /підпис не сходиться/, /does not fit/],
    ['nothing', Buffer.from('3000', 'hex'), /не читається/, /cannot be read/],
    ['a refusal', Buffer.from('30053003020102', 'hex'), /відмова служби часу/, /a refusal/],
    [
      'for something else',
      stampOf(8, { signer: makeCertificate({ name: 'Код', issuer: root, uses: ['codeSigning'] }) }),
      /не для позначок часу/,
      /not for time stamps/,
    ],
    ['of before it was valid', stampOf(8, { at: new Date(Date.now() - 2 * day) }), /тоді не діяв/, /not valid then/],
    [
      'before its entries',
      stampOf(8, { at: new Date(Date.now() - 600_000) }),
      /пізніше, ніж її позначила/,
      /later than/,
    ],
    ['an unnamed certificate', stampOf(8, { named: null }), /підпис не сходиться/, /does not fit/],
  ];
  for (const [what, stamp, said, english] of wrong) {
    const file = fileWith(new Map([[8, [stamp]]]));
    const found = check(file);
    assert.equal(found.status, 1, what);
    assert.match(found.said, said, what);
    const other = check(file, { lang: 'en' });
    assert.match(other.said, /✖ The log is not to be believed/);
    assert.match(other.said, english, what);
  }
});

test('a stamp stands under its head: before any, or beside what is no head of this log, it dates nothing', () => {
  const early = fileWith(new Map([[8, [stampOf(8)]]])).split('\n');
  const line = early.find((one) => one.startsWith('stamp '))!;
  const moved = [...early.slice(0, 2), line, ...early.slice(2).filter((one) => one !== line)];
  assert.match(check(moved.join('\n')).said, /Рядок 3 не читається/);
  const behind = [...early.slice(0, 2), ...early.slice(3)];
  const cut = check(behind.join('\n'));
  assert.equal(cut.status, 1);
  assert.doesNotMatch(cut.said, /Позначка часу, |існували не пізніше/);
  // Behind a head of nobody it is of that, and not of the one before.
  const forged = evidenceLines.head(headOf(8).replace(/[^\n]{8}\n$/, 'AAAAAAA=\n')).trim();
  const nobody = check(early.flatMap((one) => (one === line ? [forged, line] : [one])).join('\n'));
  assert.equal(nobody.status, 1);
  assert.doesNotMatch(nobody.said, /Позначка часу, |існували не пізніше|від чогось іншого/);
  // An entry after it: the stamp is of what stood before.
  const after = early.filter((one) => one !== line);
  after.splice(-2, 0, evidenceLines.entry(entries[0]!).trim(), line);
  assert.doesNotMatch(check(after.join('\n')).said, /Позначка часу, /);
});

const byNode: StampMeans = {
  hash: (name, bytes) => createHash(name).update(bytes).digest(),
  verify: (publicKey, name, message, signature) =>
    verifySignature(
      name,
      message,
      createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }),
      signature,
    ),
};
const head = Buffer.from('head');
const roots = readPem(root.pem + rsaRoot.pem)!;
const readBy = (means: StampMeans, response: Uint8Array) => readStamp(means, { response, head, roots });

test('what the page computes is what the command computes, for every kind of key and whatever is broken', () => {
  const between = makeCertificate({ name: 'Проміжний', issuer: rsaRoot, ca: true });
  const byRsa = makeCertificate({ name: 'RSA', issuer: between, kind: 'rsa', ...forStamps });
  for (const stamp of [
    stampBytes(head, { signer }),
    stampBytes(head, { signer: byRsa, certificates: [between, byRsa] }),
  ]) {
    const whole = readBy(byNode, stamp);
    assert.equal(whole.holds, true);
    assert.deepEqual(readBy(stampMeans, stamp), whole);
    const faults = new Set<string>();
    for (let at = 0; at < stamp.length; at += 5) {
      const broken = Buffer.from(stamp);
      broken[at]! ^= 1 << (at % 8);
      const read = readBy(byNode, broken);
      if (!read.holds) faults.add(read.why);
      assert.deepEqual(readBy(stampMeans, broken), read, `byte ${at}`);
    }
    assert.ok(faults.size >= 3, [...faults].join());
  }
});

test('signatures of every curve and hash are checked on the page as by Node', () => {
  const message = Buffer.from('what is signed');
  const pairs = [
    ...['prime256v1', 'secp384r1', 'secp521r1'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve })),
    ...[2048, 3072].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength })),
  ];
  for (const { publicKey, privateKey } of pairs)
    for (const name of ['sha256', 'sha384', 'sha512'] as const) {
      const spki = publicKey.export({ type: 'spki', format: 'der' });
      const signature = sign(name, message, privateKey);
      assert.equal(stampMeans.verify(spki, name, message, signature), true, name);
      assert.equal(stampMeans.verify(spki, name, Buffer.from('something else'), signature), false);
      const other = name === 'sha256' ? 'sha384' : 'sha256';
      assert.equal(stampMeans.verify(spki, other, message, signature), false);
    }
  // Attack: a small exponent and a block that only begins right (Bleichenbacher 2006): the whole block is compared.
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const spki = weak.publicKey.export({ type: 'spki', format: 'der' });
  assert.equal(stampMeans.verify(spki, 'sha256', message, sign('sha256', message, weak.privateKey)), false);
});

test('who may not vouch does not: no authority, no right to sign certificates, too deep, or under a limit nobody knows', () => {
  const through = (wish: object, below?: object) => {
    const upper = makeCertificate({ name: 'Проміжний', issuer: root, ca: true, ...wish });
    const lower = below === undefined ? upper : makeCertificate({ name: 'Нижчий', issuer: upper, ca: true, ...below });
    const stamper = makeCertificate({ name: 'Служба', issuer: lower, ...forStamps });
    return readBy(byNode, stampBytes(head, { signer: stamper, certificates: [upper, lower, stamper] }));
  };
  const unknown = { holds: false, why: 'stamp_root_unknown' };
  assert.equal(through({}).holds, true);
  assert.deepEqual(through({ ca: false }), unknown);
  assert.deepEqual(through({ keyUsage: 0x80 }), unknown);
  assert.equal(through({ keyUsage: 0x84 }).holds, true);
  assert.deepEqual(through({ strange: true }), unknown);
  // Roots of one’s own too: of another name with the same key, or one that vouches for nobody.
  const stamp = stampBytes(head, { signer });
  const under = (one: Certificate) => readStamp(byNode, { response: stamp, head, roots: readPem(one.pem)! });
  assert.deepEqual(under(makeCertificate({ name: 'Інший', ca: true, keyOf: root })), unknown);
  assert.deepEqual(under(makeCertificate({ name: 'Корінь часу', keyOf: root })), unknown);
  assert.equal(under(makeCertificate({ name: 'Корінь часу', ca: true, keyOf: root })).holds, true);
  assert.equal(through({ pathLength: 0 }).holds, true);
  assert.deepEqual(through({ pathLength: 0 }, {}), unknown);
  assert.equal(through({ pathLength: 1 }, {}).holds, true);
  const past = { from: new Date(Date.now() - 9 * day), to: new Date(Date.now() - day) };
  assert.deepEqual(through(past), { holds: false, why: 'stamp_not_valid' });
  const strangeSigner = makeCertificate({ name: 'Служба', issuer: root, strange: true, ...forStamps });
  assert.equal(readBy(byNode, stampBytes(head, { signer: strangeSigner })).holds, false);
});

test('a stamp taken out is verified by openssl, which can be given the list of what was revoked too', (t) => {
  if (!opensslThere) return t.skip('needs the Debian package openssl');
  const taken = join(folder, 'taken');
  const asked = ['--key', writeKey(key), '--stamps', taken, fileOf(fileWith(new Map([[8, [stampOf(8)]]])))];
  assert.equal(spawnSync(process.execPath, [join(folder, verifierFiles.command), ...asked]).status, 0);
  const openssl = (...given: string[]) => spawnSync('openssl', given, { cwd: taken, encoding: 'utf8' });
  const say = (name: string, text: string | Buffer) => writeFileSync(join(taken, name), text);
  say('root.pem', root.pem);
  say('root.key', root.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  say('signer.pem', signer.pem);
  say('index.txt', '');
  say('ca.cnf', '[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ndefault_md = sha256\ndefault_crl_days = 9\n');
  const ca = ['ca', '-config', 'ca.cnf', '-keyfile', 'root.key', '-cert', 'root.pem'];
  const verdict = () => {
    const list = openssl(...ca, '-gencrl').stdout;
    assert.match(list, /BEGIN X509 CRL/);
    say('trusted.pem', root.pem + list);
    const { stdout, stderr } = openssl(
      'ts',
      '-verify',
      '-crl_check',
      '-in',
      '1.tsr',
      '-data',
      '1.head',
      '-CAfile',
      'trusted.pem',
    );
    return stdout + stderr;
  };
  assert.match(verdict(), /Verification: OK/);
  openssl(...ca, '-revoke', 'signer.pem');
  assert.match(verdict(), /certificate revoked/);
});

test('a name in a certificate moves no lines of the report', () => {
  const sly = makeCertificate({ name: 'Служба\n✔ Журнал\u001b[2J\u202eцілий', issuer: root, ...forStamps });
  const { said } = check(fileWith(new Map([[8, [stampOf(8, { signer: sly })]]])));
  assert.match(said, /Позначка часу, Служба✔ Журнал\[2Jцілий: .*, записів: 8/);
});

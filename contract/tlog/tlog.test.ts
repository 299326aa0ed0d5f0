/** The formats of the log against published vectors, and every proof of small trees against the definition itself. */
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bundlePath,
  consistencyProof,
  cosignText,
  edgeOf,
  findIn,
  foldHashes,
  fromBase64,
  writeBase64,
  fromDecimal,
  inclusionProof,
  leafHash,
  nodeHash,
  noteKey,
  placeOf,
  readBundle,
  readCheckpoint,
  readIndexPath,
  readKey,
  readNote,
  readProof,
  rootOf,
  signersOf,
  signText,
  subtreesOfConsistency,
  subtreesOfInclusion,
  tilePath,
  toBase64,
  toUtf8,
  verifyConsistency,
  verifyInclusion,
  widthOf,
  writeBundle,
  writeCheckpoint,
  writeKey,
  writeLeafHash,
  writeNote,
  writeProof,
} from './index.ts';
import type { FindSubtree, Hash, TileAt } from './index.ts';

const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const publicHead = Buffer.from('302a300506032b6570032100', 'hex');
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex');
const checks = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
  verify(
    null,
    message,
    createPublicKey({ key: Buffer.concat([publicHead, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );
const signerOf = (seed: Uint8Array) => {
  const key = createPrivateKey({ key: Buffer.concat([privateHead, seed]), format: 'der', type: 'pkcs8' });
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicHead.length),
    sign: (message: Uint8Array) => sign(null, message, key),
  };
};

/** MTH of RFC 6962 §2.1 as it stands there, by recursion over the entries. */
function definedRoot(entries: Uint8Array[]): Uint8Array {
  if (entries.length === 0) return hash(new Uint8Array());
  if (entries.length === 1) return leafHash(hash, entries[0]!);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return nodeHash(hash, definedRoot(entries.slice(0, k)), definedRoot(entries.slice(k)));
}

/** A finder that knows nothing but leaves. */
const findAmong =
  (entries: Uint8Array[]): FindSubtree =>
  ({ level, index }) => {
    const part = entries.slice(index * 2 ** level, (index + 1) * 2 ** level);
    assert.equal(part.length, 2 ** level, 'only complete subtrees are asked for');
    return definedRoot(part);
  };

const entriesOf = (count: number) => Array.from({ length: count }, (_, at) => toUtf8(`подія ${at}`));

/** Leaves and roots that the first logs of Certificate Transparency test with. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (text) => Buffer.from(text, 'hex'),
);
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the published trees of nought to eight leaves have their roots', () => {
  roots.forEach((root, size) => assert.equal(hex(rootOf(hash, size, findAmong(leaves))), root));
});

test('in every tree of up to 40 leaves every leaf and every beginning is proved, and nothing else', () => {
  const entries = entriesOf(40);
  const all = Array.from({ length: 41 }, (_, size) => definedRoot(entries.slice(0, size)));
  let proved = 0;
  for (let size = 1; size <= 40; size += 1) {
    const find = findAmong(entries.slice(0, size));
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionProof(hash, index, size, find);
      const given = { leaf: leafHash(hash, entries[index]!), index, size, proof, root: all[size]! };
      assert.ok(verifyInclusion(hash, given));
      assert.ok(!verifyInclusion(hash, { ...given, index: (index + 1) % size || size }));
      assert.ok(!verifyInclusion(hash, { ...given, leaf: leafHash(hash, toUtf8('інше')) }));
      assert.ok(!verifyInclusion(hash, { ...given, proof: [...proof, all[1]!] }));
      if (proof.length > 0) assert.ok(!verifyInclusion(hash, { ...given, proof: proof.slice(1) }));
      proved += 1;
    }
    for (let old = 0; old <= size; old += 1) {
      const proof = consistencyProof(hash, old, size, find);
      const given = { old, oldRoot: all[old]!, size, root: all[size]!, proof };
      assert.ok(verifyConsistency(hash, given), `${old} → ${size}`);
      assert.ok(!verifyConsistency(hash, { ...given, oldRoot: hash(toUtf8('інше')) }));
      // Every tree begins with the empty one.
      if (old > 0) assert.ok(!verifyConsistency(hash, { ...given, root: hash(toUtf8('інше')) }));
      assert.ok(!verifyConsistency(hash, { ...given, proof: [...proof, all[1]!] }));
      proved += 1;
    }
  }
  assert.equal(proved, 820 + 860);
});

test('a changed bit anywhere in a proof is noticed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), fc.nat(255), (size, where, part, bit) => {
      const entries = entriesOf(size);
      const index = where % size;
      const proof = inclusionProof(hash, index, size, findAmong(entries)).map((one) => Uint8Array.from(one));
      proof[part % proof.length]![bit >> 3]! ^= 1 << (bit & 7);
      const leaf = leafHash(hash, entries[index]!);
      assert.ok(!verifyInclusion(hash, { leaf, index, size, proof, root: definedRoot(entries) }));
    }),
    { numRuns: 60 },
  );
});

test('a hash that is written where it belongs is the hash that is answered, of entries of every length', () => {
  const into: Hash = Object.assign((bytes: Uint8Array) => hash(bytes), {
    into: (bytes: Uint8Array, room: Uint8Array, at: number) => room.set(hash(bytes), at),
  });
  for (const length of [0, 1, 723, 4_095, 4_096, 65_536, 65_537, 70_000, 723]) {
    const entry = new Uint8Array(length).fill(length % 251);
    const expected = hash(Buffer.concat([Buffer.of(0), entry]));
    for (const one of [hash, into]) {
      const row = new Uint8Array(96);
      writeLeafHash(one, entry, row, 32);
      assert.deepEqual(Buffer.from(row), Buffer.concat([Buffer.alloc(32), expected, Buffer.alloc(32)]), String(length));
      assert.deepEqual(Buffer.from(leafHash(one, entry)), expected);
    }
  }
  const hashes = Buffer.concat(Array.from({ length: 8 }, (_, at) => hash(Buffer.of(at))));
  assert.deepEqual(foldHashes(into, hashes), foldHashes(hash, hashes));
});

test('what a proof asks for lies in the tiles of its tree, and is proved from them alone', () => {
  const size = 70_000;
  const entries = Array.from({ length: size }, (_, at) => hash(toUtf8(String(at))));
  const rows: Uint8Array[][] = [entries.map((entry) => leafHash(hash, entry))];
  while (rows.at(-1)!.length >= 256) {
    const below = rows.at(-1)!;
    rows.push(
      Array.from({ length: Math.floor(below.length / 256) }, (_, at) => {
        let row = below.slice(at * 256, (at + 1) * 256);
        while (row.length > 1)
          row = Array.from({ length: row.length / 2 }, (__, i) => nodeHash(hash, row[2 * i]!, row[2 * i + 1]!));
        return row[0]!;
      }),
    );
  }
  const find = findIn(hash, ({ level, index }: TileAt) => {
    const width = widthOf(size, { level, index });
    return width === 0 ? undefined : Buffer.concat(rows[level]!.slice(index * 256, index * 256 + width));
  });
  const root = definedRoot(entries);
  assert.deepEqual(rootOf(hash, size, find), root);
  for (const index of [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999]) {
    const proof = inclusionProof(hash, index, size, find);
    assert.ok(verifyInclusion(hash, { leaf: rows[0]![index]!, index, size, proof, root }));
    assert.ok(subtreesOfInclusion(index, size).every((one) => placeOf(one).level < rows.length));
  }
  const oldRoot = definedRoot(entries.slice(0, 65_537));
  const proof = consistencyProof(hash, 65_537, size, find);
  assert.ok(verifyConsistency(hash, { old: 65_537, oldRoot, size, root, proof }));
  assert.ok(subtreesOfConsistency(65_537, size).length > 0);
});

test('tiles are cut and named as the specification’s examples are', () => {
  assert.equal(tilePath({ level: 0, index: 1_234_067 }, 256), 'tile/0/x001/x234/067');
  assert.equal(tilePath({ level: 1, index: 1 }, 17), 'tile/1/001.p/17');
  assert.equal(bundlePath(273, 112), 'tile/entries/273.p/112');
  assert.equal(bundlePath(1000, 256), 'tile/entries/x001/000');
  assert.deepEqual(
    edgeOf(70_000).map((at) => [at.level, at.index, widthOf(70_000, at)]),
    [
      [0, 273, 112],
      [1, 1, 17],
      [2, 0, 1],
    ],
  );
  assert.deepEqual(
    edgeOf(256).map((at) => [at.level, at.index, widthOf(256, at)]),
    [
      [0, 1, 0],
      [1, 0, 1],
    ],
  );
  assert.deepEqual(readIndexPath('x001/x234/067'), { index: 1_234_067, width: 256 });
  assert.deepEqual(readIndexPath('273.p/112'), { index: 273, width: 112 });
  for (const wrong of [
    '67',
    'x000/067',
    '273.p/0',
    '273.p/256',
    '273.p/012',
    '1234',
    'x001/67',
    '../067',
    '067/',
    '',
  ]) {
    assert.equal(readIndexPath(wrong), undefined, wrong);
  }
});

test('entries come out of a bundle as they went in; a bundle that is cut is refused', () => {
  const entries = [toUtf8(''), toUtf8('один'), new Uint8Array(65_535).fill(7)];
  const bundle = writeBundle(entries);
  assert.deepEqual(readBundle(bundle)!.map(hex), entries.map(hex));
  for (const end of [1, 3, 4, bundle.length - 1]) assert.equal(readBundle(bundle.subarray(0, end)), undefined);
  assert.throws(() => writeBundle([new Uint8Array(65_536)]), RangeError);
});

const neumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const neumannNote = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

test('the published note of Peter Neumann is signed by its key', () => {
  const key = readKey(hash, neumann)!;
  assert.equal(writeKey(key), neumann);
  const note = readNote(neumannNote)!;
  assert.deepEqual(signersOf(note, [key], checks), [{ key, at: null }]);
});

test('an altered text, or an altered line of a known key, is not believed; a stranger’s line says nothing', () => {
  const key = readKey(hash, neumann)!;
  const altered = readNote(neumannNote.replace('answer', 'ANSWER'))!;
  assert.throws(() => signersOf(altered, [key], checks), RangeError);
  const stranger = signerOf(Buffer.alloc(32, 9));
  const other = noteKey(hash, 'PeterNeumann', 'log', stranger.publicKey);
  assert.deepEqual(signersOf(readNote(neumannNote)!, [other], checks), []);
  const both = neumannNote + signText(other, readNote(neumannNote)!.text, stranger.sign);
  assert.equal(signersOf(readNote(both)!, [key], checks).length, 1);
  assert.equal(signersOf(readNote(both)!, [key, other], checks).length, 2);
});

test('a witness’s line carries its time, and its key is not taken for the log’s', () => {
  const { publicKey, sign: signs } = signerOf(Buffer.alloc(32, 1));
  const key = noteKey(hash, 'svidok.example/w1', 'witness', publicKey);
  assert.equal(readKey(hash, writeKey(key))!.kind, 'witness');
  const text = writeCheckpoint({ origin: 'vezha.example/log', size: 3, root: Buffer.from(roots[3]!, 'hex') });
  const note = readNote(writeNote(text, [cosignText(key, text, 1_790_000_000, signs)]))!;
  assert.deepEqual(signersOf(note, [key], checks), [{ key, at: 1_790_000_000 }]);
  const asLog = noteKey(hash, 'svidok.example/w1', 'log', publicKey);
  assert.deepEqual(signersOf(note, [asLog], checks), []);
  const shifted = note.lines.map((line) => {
    const signature = Uint8Array.from(line.signature);
    signature[7]! ^= 1;
    return { ...line, signature };
  });
  assert.throws(() => signersOf({ ...note, lines: shifted }, [key], checks), RangeError);
});

test('what is no note, key, checkpoint or number is refused in every form that nearly is one', () => {
  for (const wrong of [
    '',
    'текст\n',
    'текст\n\n',
    neumannNote.slice(0, -1),
    neumannNote.replace('— ', '- '),
    neumannNote.replace('x08go', 'x08go\n'),
    neumannNote.replace('nAM=', 'nAN='),
    neumannNote.replace('problem,\n', 'problem,\r\n'),
  ])
    assert.equal(readNote(wrong), undefined, JSON.stringify(wrong));
  for (const wrong of [
    '',
    neumann.slice(0, -1),
    neumann.replace('c74f20a3', 'c74f20a4'),
    neumann.replace('+AR', '+BR'),
  ])
    assert.equal(readKey(hash, wrong), undefined, wrong);
  const root = Buffer.from(roots[3]!, 'hex');
  const head = { origin: 'vezha.example/log', size: 3, root };
  const text = writeCheckpoint(head);
  assert.deepEqual({ ...readCheckpoint(text)!, root: hex(readCheckpoint(text)!.root) }, { ...head, root: roots[3] });
  for (const wrong of [
    text.slice(1 + 'vezha.example/log'.length),
    text.replace('\n3\n', '\n03\n'),
    text.replace('\n3\n', '\n-3\n'),
    text.replace('\n3\n', '\n99999999999999999\n'),
    text.slice(0, -1),
    `${text}\n`,
    text.replace('=\n', '\n'),
  ])
    assert.equal(readCheckpoint(wrong), undefined, JSON.stringify(wrong));
  assert.ok(readCheckpoint(`${text}додаток\n`));
  assert.deepEqual(['0', '7', '9007199254740991', '9007199254740992', '', '01', '1e3', ' 1'].map(fromDecimal), [
    0,
    7,
    9_007_199_254_740_991,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const room = new Uint8Array(3);
  assert.deepEqual([writeBase64('YQ==', room), room[0]], [1, 97]);
  assert.equal(writeBase64('YWFhYQ==', room), undefined, 'longer than the room');
  for (const wrong of ['YR==', 'YQ', 'Y Q==', 'YQ==\n', '*']) {
    assert.equal(fromBase64(wrong), undefined, wrong);
    assert.equal(writeBase64(wrong, new Uint8Array(9)), undefined, wrong);
  }
});

test('a proof that travels as a file says the same when it arrives', () => {
  const proof = {
    extra: toUtf8('розкрите'),
    index: 5,
    hashes: [hash(toUtf8('1')), hash(toUtf8('2'))],
    checkpoint: neumannNote,
  };
  for (const one of [proof, { ...proof, extra: null }, { ...proof, hashes: [] }]) {
    const text = writeProof(one);
    const read = readProof(text)!;
    assert.equal(writeProof(read), text);
    assert.equal(read.checkpoint, neumannNote);
  }
  const text = writeProof(proof);
  for (const wrong of [
    text.replace('@v1', '@v2'),
    text.replace('index 5', 'index 05'),
    text.replace('index 5\n', ''),
    text.replace('index 5', `index 5\n${toBase64(new Uint8Array(31))}`),
    text.replace('extra ', 'extra *'),
    text.slice(0, text.indexOf('\n\n')),
  ])
    assert.equal(readProof(wrong), undefined, wrong);
});

/** COPY by the driver and by a socket of its own: the same rows, wherever the parts break, and an error where one is. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#kernel';
import type { TestDatabase } from '#test/harness.ts';
import { openTestDatabase } from '#test/harness.ts';
import type { Database } from './act.ts';
import { copyRows, openCopyReader } from './copy-rows.ts';
import { openMessages } from './copy-socket.ts';

function copied(rows: readonly (readonly (Buffer | null)[])[]): Buffer {
  const head = Buffer.alloc(19 + 3);
  head.writeInt32BE(3, 15); // an extension of the header, to be passed over
  const parts = rows.flatMap((row) => {
    const count = Buffer.alloc(2);
    count.writeInt16BE(row.length);
    const fields = row.map((field) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(field?.length ?? -1);
      return Buffer.concat([length, field ?? Buffer.alloc(0)]);
    });
    return [count, ...fields];
  });
  return Buffer.concat([head, ...parts, Buffer.from([0xff, 0xff])]);
}

test('rows come out whole wherever the parts break', () => {
  const rows = [
    [Buffer.from('ключ'), Buffer.from('перший')],
    [null, Buffer.alloc(0)],
    [Buffer.alloc(0), null],
    [Buffer.alloc(3), Buffer.alloc(300, 7)],
  ];
  const whole = copied(rows);
  for (let size = 1; size <= whole.length; size += 1) {
    const found: (Buffer | null)[][] = [];
    const take = openCopyReader((bytes, froms, tos) => {
      const fields = [...froms.subarray(0, 2)].map((from, nth) =>
        from === -1 ? null : Buffer.from(bytes.subarray(from, tos[nth])),
      );
      found.push(fields);
    });
    for (let at = 0; at < whole.length; at += size) take(whole, at, Math.min(at + size, whole.length));
    assert.deepEqual(found, rows);
  }
});

test('messages come apart wherever the parts break: what COPY says goes to whoever takes it, all else whole to the driver', () => {
  const message = (type: string, body: string): Buffer => {
    const head = Buffer.from(`${type}....`);
    head.writeInt32BE(4 + Buffer.byteLength(body), 1);
    return Buffer.concat([head, Buffer.from(body)]);
  };
  const [said, asked, over] = [message('T', 'columns'), message('H', 'copy begins'), message('c', '')];
  const whole = Buffer.concat([
    said,
    asked,
    message('d', 'перший'),
    message('d', ''),
    message('d', 'другий'),
    over,
    said,
  ]);
  for (const isTaken of [true, false]) {
    for (let size = 1; size <= whole.length; size += 1) {
      const [copies, others]: Buffer[][] = [[], []];
      const take = (bytes: Buffer, from: number, to: number) =>
        void copies!.push(Buffer.from(bytes.subarray(from, to)));
      const room = Buffer.alloc(size);
      const read = openMessages(
        () => (isTaken ? take : undefined),
        (bytes) => others!.push(bytes),
      );
      for (let at = 0; at < whole.length; at += size)
        read(room, whole.copy(room, 0, at, Math.min(at + size, whole.length)));
      assert.equal(Buffer.concat(copies!).toString(), isTaken ? 'перший другий'.replace(' ', '') : '');
      assert.deepEqual(Buffer.concat(others!), isTaken ? Buffer.concat([said, asked, over, said]) : whole);
    }
  }
  assert.throws(
    () =>
      openMessages(
        () => undefined,
        () => {},
      )(Buffer.from([100, 0, 0, 0, 3]), 5),
    RangeError,
  );
});

let test_: TestDatabase;
let forCopies: Database;
before(async () => {
  test_ = await openTestDatabase();
  forCopies = test_.database.openForCopies(1);
});
after(() => forCopies.close());

const reach = { organizationId: newId(), personId: null, departmentIds: [], scope: 'all' } as const;
/** What the rows of a query are, as COPY says them. */
const copiedBy = (database: Database, select: string): Promise<string[]> =>
  database.read(reach, async (tx) => {
    const rows: string[] = [];
    const count = await copyRows(
      tx,
      select,
      (bytes, froms, tos) => void rows.push(bytes.toString('latin1', froms[0], tos[0])),
    );
    assert.equal(count, rows.length);
    return rows;
  });

test('a connection for long COPYs says the same as any other, whatever was asked before', async () => {
  const select = 'SELECT repeat(chr(65 + n % 26), n % 5000) FROM generate_series(1, 4000) AS n';
  const rows = await copiedBy(test_.database, select);
  assert.deepEqual([rows.length, rows[2_600]], [4_000, 'B'.repeat(2_601)]);
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(await copiedBy(forCopies, select), rows);
    assert.deepEqual(await copiedBy(forCopies, 'SELECT 1 WHERE false'), []);
    const [row] = await forCopies.read(reach, (tx) => tx`SELECT ${'слово'} AS word, repeat('x', 200000) AS long`);
    assert.deepEqual([row!['word'], (row!['long'] as string).length], ['слово', 200_000]);
    // In the middle of the rows.
    await assert.rejects(
      copiedBy(forCopies, 'SELECT 1 / (n - 30000) FROM generate_series(1, 40000) AS n'),
      /division by zero/,
    );
  }
});

test('whoever takes rows and fails, or a connection that breaks among them, is an error and never a wait', async () => {
  for (const database of [test_.database, forCopies]) {
    const failing = database.read(reach, (tx) =>
      copyRows(tx, 'SELECT 1', () => {
        throw new Error('the room is full');
      }),
    );
    await assert.rejects(failing, /the room is full/);
    const broken = copiedBy(database, 'SELECT pg_terminate_backend(pg_backend_pid()) FROM generate_series(1, 2)');
    await assert.rejects(broken);
    assert.deepEqual(await copiedBy(database, "SELECT 'again'::bytea"), ['again']);
  }
});

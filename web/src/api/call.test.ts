import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf } from './call.ts';
import { asProblem, Problem, readProblem } from './problem.ts';

test('a route’s key becomes an address: ids are escaped, absent filters are left out', () => {
  assert.equal(addressOf('GET /api/v1/contacts/:id', { params: { id: 'a/b ?' } }), '/api/v1/contacts/a%2Fb%20%3F');
  const query = { stage: 'new', tag: 'опт & роздріб', ownerId: undefined, cursor: '', count: true };
  assert.equal(
    addressOf('GET /api/v1/contacts', { query }),
    '/api/v1/contacts?stage=new&tag=%D0%BE%D0%BF%D1%82+%26+%D1%80%D0%BE%D0%B7%D0%B4%D1%80%D1%96%D0%B1&count=true',
  );
});

test('a refusal is read by its code; a proxy’s page is not taken for Lubart’s word', async () => {
  const error = {
    code: 'contact.version_conflict',
    message: '',
    requestId: 'r-1',
    field: 'version',
    current: { version: 2 },
  };
  const refusal = await readProblem(Response.json({ error }, { status: 409 }));
  assert.deepEqual(
    [refusal.code, refusal.status, refusal.requestId, refusal.current],
    [error.code, 409, 'r-1', { version: 2 }],
  );
  assert.equal((await readProblem(new Response('<html>502</html>', { status: 502 }))).code, 'unknown');
  assert.equal((await readProblem(Response.json({ error: { code: 'made.up' } }, { status: 400 }))).code, 'unknown');
});

test('whatever was thrown becomes a problem', () => {
  const problem = new Problem('access.denied', 403);
  assert.equal(asProblem(problem), problem);
  assert.equal(asProblem(new TypeError('x')).code, 'unreachable');
});

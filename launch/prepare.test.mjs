import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { repository } from './prepare.mjs';

const place = mkdtempSync(join(tmpdir(), 'lubart-prepare-'));
after(() => rmSync(place, { recursive: true, force: true }));

/** A clone with nothing to install but what `lock` says, and an npm that does what `npm` says. */
function makeClone(name, npm) {
  const clone = join(place, name);
  mkdirSync(join(clone, 'bin'), { recursive: true });
  cpSync(join(repository, 'launch'), join(clone, 'launch'), { recursive: true });
  const packages = { '': {}, 'node_modules/zamok': { version: '1.0.0' } };
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages }));
  mkdirSync(join(clone, 'cli'));
  writeFileSync(
    join(clone, 'cli', 'main.ts'),
    `console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;`,
  );
  const installed = JSON.stringify({ packages: { 'node_modules/zamok': { version: '1.0.0' } } });
  const install = `mkdir -p node_modules/zamok && echo '{"version":"1.0.0"}' > node_modules/zamok/package.json && echo '${installed}' > node_modules/.package-lock.json`;
  writeFileSync(join(clone, 'bin', 'npm'), `#!/bin/sh\necho "npm $1"\n${npm ?? install}\n`, { mode: 0o755 });
  return clone;
}

function runLubart(clone) {
  const env = { ...process.env, PATH: `${join(clone, 'bin')}:${process.env['PATH']}`, npm_execpath: '' };
  return spawnSync(process.execPath, [join(clone, 'launch', 'lubart.mjs'), 'status', '--json'], {
    env,
    encoding: 'utf8',
  });
}

const skip = process.platform === 'win32';

test('a fresh clone installs once, says so on standard error, and passes arguments and exit code', { skip }, () => {
  const clone = makeClone('fresh');
  const first = runLubart(clone);
  assert.equal(first.status, 7, first.stderr);
  assert.equal(first.stdout, '["status","--json"]\n');
  assert.match(first.stderr, /installing packages[^]*npm ci/);
  assert.equal(runLubart(clone).stderr, '');
});

test('a package that vanished and a changed lockfile are installed anew', { skip }, () => {
  const clone = makeClone('broken');
  runLubart(clone);
  rmSync(join(clone, 'node_modules', 'zamok'), { recursive: true });
  assert.match(runLubart(clone).stderr, /npm ci/);
  rmSync(join(clone, 'node_modules', '.package-lock.json')); // what a cut installation leaves
  assert.match(runLubart(clone).stderr, /npm ci/);
  writeFileSync(
    join(clone, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/zamok': { version: '1.0.1' } } }),
  );
  assert.match(runLubart(clone).stderr, /npm ci/);
});

test('npm that fails ends the launch with 1 and the way out', { skip }, () => {
  const clone = makeClone('failing', 'echo no network >&2; exit 3');
  const { status, stdout, stderr } = runLubart(clone);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /no network[^]*“npm ci” ended with 3[^]*run the same command again/);
  assert.equal(existsSync(join(clone, 'node_modules')), false);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hasCode, Secret } from '#kernel';
import { openMail, quoted } from '#mail';
import { systemReach } from '#protections/encryption';
import type { World } from '#test/cast.ts';
import { openWorld, origin } from '#test/cast.ts';
import type { LetterSecret } from './letter-store.ts';
import { letterPlace } from './letter-store.ts';
import type { PostOffice } from '#test/post-office.ts';
import { openPostOffice } from '#test/post-office.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const trap = 'https://pastka.example/зайди';

async function deliver(letter: { to?: string; subject?: string; text?: string }, office?: PostOffice, settings = {}) {
  const at = office ?? (await openPostOffice());
  const mail = openMail({ ...world, origin: () => origin, settings: { ...at.settings, ...settings } });
  const full = {
    organizationId: world.organizationId,
    to: world.cast.manager.email,
    subject: 'Лист',
    text: 'Текст',
    ...letter,
  };
  const id = await world.database.act(systemReach(world.organizationId), (tx) => mail.send(tx, full));
  await mail.deliverDue(world.organizationId);
  const [row] = await world.test.admin`SELECT fault, sent_at FROM letters WHERE id = ${id}`;
  return { letter: at.letters.at(-1), fault: row!['fault'] as string | null, sent: row!['sent_at'] !== null };
}

test('a subject cannot start a header of its own', async () => {
  for (const end of ['\r\n', '\n', '\r', '\u2028', '\u0085']) {
    const { letter } = await deliver({ subject: `Лист${end}Bcc: zlodii@nide.example${end}${end}Інший текст` });
    assert.deepEqual(letter?.to, [world.cast.manager.email]);
    assert.doesNotMatch(letter.raw.split(/\r?\n\r?\n/)[0]!, /^bcc:/im);
    assert.equal(letter.text, 'Текст');
  }
});

test('what waits to be sent has one line of subject and a length', async () => {
  const office = await openPostOffice();
  const mail = openMail({ ...world, origin: () => origin, settings: office.settings });
  const { organizationId } = world;
  const letter = { subject: 'Лист\r\nBcc: zlodii@nide.example\u2028Ще', text: 'я'.repeat(50_000) };
  const to = world.cast.manager.email;
  const id = await world.database.act(systemReach(organizationId), (tx) =>
    mail.send(tx, { organizationId, to, ...letter }),
  );
  const [row] = await world.test.admin`SELECT sealed FROM letters WHERE id = ${id}`;
  const seals = await world.keyring.of(organizationId);
  const kept = seals.open<LetterSecret>(letterPlace(id!), row!['sealed'] as Buffer);
  assert.equal(kept.subject, 'Лист Bcc: zlodii@nide.example Ще');
  assert.equal(kept.text.length, 20_000);
});

test('an address is one address', async () => {
  const addresses = [
    'taras@vezha.example, zlodii@nide.example',
    'taras@vezha.example\r\nRCPT TO:<zlodii@nide.example>',
    '<taras@vezha.example> <zlodii@nide.example>',
    '"taras@vezha.example" zlodii@nide.example',
    '',
  ];
  for (const to of addresses) {
    await assert.rejects(deliver({ to }), (error) => hasCode(error, 'field.email_invalid'), to);
  }
});

test('a letter links to our own address and to nothing else', async () => {
  const traps = [
    trap,
    `${origin}@pastka.example/x`,
    `${origin}.pastka.example/x`,
    'javascript://x',
    `http://${new URL(origin).host}/x`,
  ];
  const own = `${origin}/reset#token=abc`;
  const { letter } = await deliver({ text: [own, ...traps, `Дивіться ${trap}`].join('\n\n') });
  const links = [...letter!.html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
  assert.deepEqual(links, [own]);
  const whole = `${letter!.text}\n${letter!.html}`;
  for (const one of traps) assert.ok(!whole.includes(one), `${one} is still an address`);
});

test('markup in a letter is text', async () => {
  const { letter } = await deliver({ text: '<img src=x onerror=alert(1)>\n\n"><script>&' });
  assert.doesNotMatch(letter!.html, /<img|<script/);
  assert.match(letter!.html, /&lt;img src=x/);
});

test('a name in a letter brings along no link, no line and no length', () => {
  assert.equal(quoted('ТОВ  «Вежа»\n\nЗаходьте'), 'ТОВ «Вежа» Заходьте');
  for (const name of [trap, 'pastka.example', 'www.pastka.example', 'a@pastka.example']) {
    assert.doesNotMatch(quoted(name), /\w[.:@/]\w/, name);
  }
  assert.equal(quoted('О. Коваленко'), 'О. Коваленко');
  assert.ok([...quoted('я'.repeat(5000))].length < 100);
});

test('where STARTTLS is demanded, a server that does not offer it gets nothing: no login, no address, no letter', async () => {
  const said: string[] = [];
  const office = await openPostOffice({
    onAuth: (auth, _session, done) => {
      said.push(auth.password ?? '');
      done(null, { user: 'crm' });
    },
    onMailFrom: (address, _session, done) => {
      said.push(address.address);
      done();
    },
  });
  const { fault, sent } = await deliver({}, office, {
    requireTls: true,
    user: 'crm',
    password: new Secret('zamok-77'),
  });
  assert.deepEqual([sent, fault, said], [false, 'ETLS 500', []]);
});

test('a certificate that nobody vouches for is no protection: nothing is said', async () => {
  const office = await openPostOffice({ disabledCommands: [] });
  const { fault, sent } = await deliver({}, office, { requireTls: true, host: 'localhost' });
  assert.equal(sent, false);
  assert.match(fault!, /ETLS|ESOCKET|SELF_SIGNED|CERT/);
});

test('a letter that waits tells the disk nothing, neither its address nor its link', async () => {
  const office = await openPostOffice();
  const mail = openMail({ ...world, origin: () => origin, settings: office.settings });
  const id = await world.database.act(systemReach(world.organizationId), (tx) =>
    mail.send(tx, {
      organizationId: world.organizationId,
      to: 'taras.melnyk@vezha.example',
      subject: 'Лист',
      text: `${origin}/reset#token=secret-of-the-link`,
    }),
  );
  const [row] = await world.test.admin`SELECT letters::text AS text, sealed FROM letters WHERE id = ${id}`;
  const bytes = (row!['sealed'] as Buffer).toString('latin1') + (row!['text'] as string);
  assert.ok(bytes.length > 200);
  for (const secret of ['taras.melnyk', 'secret-of-the-link', 'reset#token'])
    assert.ok(!bytes.includes(secret), secret);
  const others = await world.database.read(systemReach(world.otherOrganizationId), (tx) => tx`SELECT id FROM letters`);
  assert.equal(others.length, 0, 'nor does another organization see that it is there');
});

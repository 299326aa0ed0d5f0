/**
 * Loaded into a server by test/crash.attack.test.ts: at a signal it fails as a mistake of ours would, with a client in its hands, or
 * takes memory until V8 gives up.
 */
export const held = { name: 'Скелелетенко Вітрина', phone: '+380671112233', note: 'Лікується в санаторії «Сонцекрай»' };

if (process.env['TEST_CRASH'] === 'yes') {
  process.on('SIGURG', () => {
    const cause = new Error(`could not read ${held.phone}`);
    throw Object.assign(new Error(`no such client: ${held.name}`, { cause }), { note: held.note, detail: { ...held } });
  });
  process.on('SIGIO', () => fill(held));
}

function fill(client: typeof held): never {
  const lists: string[][] = [];
  for (;;) lists.push(`${JSON.stringify(client)} ${lists.length}`.repeat(40).split(''));
}

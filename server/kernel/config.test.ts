import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isLoopbackHost, readConfig, settings } from './config.ts';
import type { Config } from './config.ts';
import { LubartError } from './errors.ts';
import { Secret } from './secret.ts';

const place = mkdtempSync(join(tmpdir(), 'lubart-config-'));
after(() => rmSync(place, { recursive: true, force: true }));
const surroundings = { cwd: join(place, 'work'), home: join(place, 'home'), uid: 1000 };

function read(env: Record<string, string>, argv: string[] = []): Config {
  return readConfig(env, argv, surroundings);
}

function refusal(act: () => unknown): LubartError {
  try {
    act();
  } catch (error) {
    if (error instanceof LubartError) return error;
    throw error;
  }
  return assert.fail('nothing was refused');
}

test('with nothing set everything is local, private and Ukrainian', () => {
  const config = read({});
  assert.equal(config.dataFolder, join(place, 'work', 'data'));
  assert.ok(config.keyFile.startsWith(join(place, 'home', '.config', 'lubart')));
  const { dataFolder: _, keyFile: __, ...rest } = config;
  assert.deepEqual(rest, {
    keySources: {
      credentialsFolder: undefined,
      descriptor: undefined,
      vaultRole: undefined,
      vaultToken: undefined,
      awsKey: undefined,
      pkcs11Module: undefined,
      refusedPinFile: `${config.keyFile}.pin-refused`,
    },
    port: 4477,
    host: '127.0.0.1',
    origin: undefined,
    proxies: [],
    tls: undefined,
    redirectPort: undefined,
    certificateFrom: undefined,
    databaseUrl: undefined,
    mail: undefined,
    sms: undefined,
    language: 'uk',
    logLevel: 'info',
    demo: false,
  });
});

test('an empty value counts as not set', () => {
  assert.deepEqual(read({ LUBART_PORT: '', LUBART_DATA: ' ', DATABASE_URL: '' }), read({}));
});

test('values are read in the forms people write', () => {
  assert.equal(read({ LUBART_PORT: '0' }).port, 0);
  assert.equal(read({ LUBART_DATA: '~/crm' }).dataFolder, join(place, 'home', 'crm'));
  assert.equal(read({ LUBART_HOST: '[::1]' }).host, '::1');
  assert.equal(
    read({ LUBART_ORIGIN: 'https://CRM.fortetsia.example:8443/' }).origin,
    'https://crm.fortetsia.example:8443',
  );
  assert.equal(read({ LUBART_ORIGIN: 'http://localhost:4477' }).origin, 'http://localhost:4477');
  assert.deepEqual(read({ LUBART_PROXIES: '10.0.0.2, fd00::/8,' }).proxies, ['10.0.0.2/32', 'fd00::/8']);
  assert.equal(read({ LUBART_LANGUAGE: 'EN' }).language, 'en');
  assert.equal(read({ LUBART_KEYS: '../keys/root.key' }).keyFile, join(place, 'keys', 'root.key'));
});

test('the command line wins over the environment', () => {
  const config = read({ LUBART_PORT: '5000' }, ['--demo', '--port', '5001', '--log-level=debug']);
  assert.deepEqual([config.demo, config.port, config.logLevel], [true, 5001, 'debug']);
});

const wrong: [name: string, value: string, reason: string][] = [
  ['LUBART_DATA', 'a\nb', 'not_a_path'],
  ['LUBART_KEYS', 'a\0b', 'not_a_path'],
  ['LUBART_PKCS11_MODULE', 'a\0b', 'not_a_path'],
  ['LUBART_PORT', '-1', 'not_a_port'],
  ['LUBART_PORT', '65536', 'not_a_port'],
  ['LUBART_PORT', '80.5', 'not_a_port'],
  ['LUBART_PORT', '0x50', 'not_a_port'],
  ['LUBART_PORT', 'http', 'not_a_port'],
  ['LUBART_HOST', 'http://localhost', 'not_an_address'],
  ['LUBART_HOST', '300.1.1.1', 'not_an_address'],
  ['LUBART_HOST', 'localhost:80', 'not_an_address'],
  ['LUBART_ORIGIN', 'crm.fortetsia.example', 'not_an_origin'],
  ['LUBART_ORIGIN', 'ftp://crm.fortetsia.example', 'not_an_origin'],
  ['LUBART_ORIGIN', 'http://crm.fortetsia.example', 'not_https'],
  ['LUBART_ORIGIN', 'https://crm.fortetsia.example/app', 'has_a_path'],
  ['LUBART_ORIGIN', 'https://a:b@crm.fortetsia.example', 'has_a_password'],
  ['LUBART_PROXIES', '10.0.0.0/33', 'not_a_network'],
  ['LUBART_PROXIES', '10.0.0.0/8/8', 'not_a_network'],
  ['LUBART_PROXIES', 'proxy.example', 'not_a_network'],
  ['LUBART_PROXIES', '0.0.0.0/0', 'network_too_wide'],
  ['LUBART_PROXIES', '::/0', 'network_too_wide'],
  ['LUBART_TLS_CERT', 'cert.pem', 'missing_beside_certificate'],
  ['LUBART_TLS_KEY', 'key.pem', 'missing_beside_key'],
  ['LUBART_TLS_FROM', 'http://ca.fortetsia.example/directory', 'not_an_authority'],
  ['LUBART_TLS_FROM', 'letsencrypt', 'origin_missing'],
  ['LUBART_TLS_FROM', 'local', 'origin_missing'],
  ['LUBART_REDIRECT_PORT', '80', 'needs_tls'],
  ['LUBART_REDIRECT_PORT', '70000', 'not_a_port'],
  ['DATABASE_URL', 'localhost/lubart', 'not_a_postgres_url'],
  ['DATABASE_URL', 'mysql://u:p@localhost/lubart', 'not_a_postgres_url'],
  ['DATABASE_URL', 'postgres://u:p@localhost/', 'database_name_missing'],
  ['DATABASE_URL', 'postgres://u:p@db.fortetsia.example/a?sslmode=require', 'database_without_verify_full'],
  ['LUBART_SMTP_URL', 'mail.fortetsia.example', 'not_a_mail_server_url'],
  ['LUBART_SMTP_URL', 'https://u:p@mail.fortetsia.example', 'not_a_mail_server_url'],
  ['LUBART_SMTP_URL', 'smtp://u:p@mail.fortetsia.example/?tls.rejectUnauthorized=false', 'has_a_path'],
  ['LUBART_SMTP_URL', 'smtp://u@mail.fortetsia.example', 'half_a_login'],
  ['LUBART_MAIL_FROM', 'crm@fortetsia.example', 'missing_beside_sender'],
  ['LUBART_KEYS_FD', '1', 'not_a_descriptor'],
  ['LUBART_KEYS_FD', '2', 'not_a_descriptor'],
  ['LUBART_KEYS_FD', '-1', 'not_a_descriptor'],
  ['LUBART_KEYS_FD', '/dev/stdin', 'not_a_descriptor'],
  ['LUBART_VAULT_TOKEN', 'hvs.one two', 'not_a_token'],
  ['LUBART_VAULT_TOKEN', 'hvs.one\nx-vault-namespace: other', 'not_a_token'],
  ['LUBART_VAULT_ROLE', 'role-without-secret', 'not_a_token'],
  ['LUBART_VAULT_ROLE', 'role:', 'not_a_token'],
  ['LUBART_AWS_KEY', 'AKIALUBART', 'not_a_token'],
  ['LUBART_AWS_KEY', 'AKIALUBART:one two', 'not_a_token'],
  ['LUBART_AWS_KEY', 'AKIALUBART:one:two:three', 'not_a_token'],
  ['LUBART_SMS_URL', 'sms://somewhere', 'unknown_provider'],
  ['LUBART_SMS_URL', 'turbosms://token@sms.evil.example?sender=Lubart', 'foreign_host'],
  ['LUBART_SMS_URL', 'turbosms://token@api.turbosms.ua:8080?sender=Lubart', 'foreign_host'],
  ['LUBART_SMS_URL', 'turbosms://token@', 'sender_missing'],
  ['LUBART_SMS_URL', 'turbosms://token@/message?sender=Lubart', 'not_an_address'],
  ['LUBART_SMS_URL', 'twilio://token@?from=Lubart', 'account_wrong'],
  ['LUBART_SMS_URL', `twilio://AC${'0'.repeat(32)}@?from=Lubart`, 'token_missing'],
  ['LUBART_SMS_URL', 'twilio://a:b@api.twilio.com.evil.example?from=Lubart', 'foreign_host'],
  ['LUBART_SMS_URL', 'smpp://a:b@smsc.example?from=Lubart', 'not_encrypted'],
  ['LUBART_SMS_URL', 'smpps://smsc.example?from=Lubart', 'account_missing'],
  ['LUBART_SMS_URL', 'smpps://a:b@smsc.example/path?from=Lubart', 'has_a_path'],
  ['LUBART_SMS_URL', 'smpps://a:longer-than-8@smsc.example?from=Lubart', 'too_long'],
  ['LUBART_SMS_URL', 'smpps://a:b@smsc.example?from=Lubart&ca=/nowhere/ca.pem', 'file_unreadable'],
  ['LUBART_LANGUAGE', 'ru', 'unknown_choice'],
  ['LUBART_LOG_LEVEL', 'loud', 'unknown_choice'],
];

for (const [name, value, reason] of wrong) {
  test(`${name}=${JSON.stringify(value)} names itself`, () => {
    const error = refusal(() => read({ [name]: value }));
    assert.equal(error.code, 'config.invalid');
    assert.equal(error.details?.['reason'], reason);
    // A missing half of a pair is named itself, not the half that is there.
    const missing = {
      LUBART_TLS_CERT: 'LUBART_TLS_KEY',
      LUBART_TLS_KEY: 'LUBART_TLS_CERT',
      LUBART_MAIL_FROM: 'LUBART_SMTP_URL',
    }[name];
    assert.equal(error.field, missing ?? name);
  });
}

test('every setting of the table has a wrong value above', () => {
  const covered = new Set(wrong.map(([name]) => name));
  assert.deepEqual(
    settings.map((setting) => setting.name).filter((name) => !covered.has(name)),
    [],
  );
});

const smtp = 'smtp://crm:zamok%2F77@mail.fortetsia.example';

test('a mail server is read with its login; STARTTLS is demanded unless it runs on this machine', () => {
  const mail = (LUBART_SMTP_URL: string, LUBART_MAIL_FROM = 'crm@fortetsia.example') =>
    read({ LUBART_SMTP_URL, LUBART_MAIL_FROM }).mail!;
  const { from, password, ...server } = mail(smtp, '"Фортеця" <crm@fortetsia.example>');
  assert.deepEqual(from, { name: 'Фортеця', address: 'crm@fortetsia.example' });
  assert.deepEqual(server, {
    host: 'mail.fortetsia.example',
    port: 587,
    secure: false,
    requireTls: true,
    user: 'crm',
  });
  assert.equal(password?.expose(), 'zamok/77');
  const forms = ['smtps://mail.fortetsia.example', 'smtp://localhost:25', 'smtp://[::1]:2525', 'smtp://10.0.0.7:25'];
  assert.deepEqual(
    forms.map((form) => [mail(form).port, mail(form).secure, mail(form).requireTls]),
    [
      [465, true, false],
      [25, false, false],
      [2525, false, false],
      [25, false, true],
    ],
  );
  assert.deepEqual(mail(smtp).from, { name: '', address: 'crm@fortetsia.example' });
});

test('a sender that could start a header of its own, or is none, is refused; a server needs a sender', () => {
  const senders = [
    'crm',
    'a@b',
    'Фортеця crm@fortetsia.example',
    'a@x.example, b@x.example',
    'Ф\nBcc: z <a@x.example>',
    '',
  ];
  for (const sender of senders) {
    const error = refusal(() => read({ LUBART_SMTP_URL: smtp, LUBART_MAIL_FROM: sender }));
    assert.equal(error.field, 'LUBART_MAIL_FROM', sender);
  }
});

test('the password of the mail server is in no refusal and on no command line', () => {
  const error = refusal(() =>
    read({ LUBART_SMTP_URL: 'http://u:zamok-77@mail.example', LUBART_MAIL_FROM: 'a@x.example' }),
  );
  assert.ok(!JSON.stringify(error.details).includes('zamok-77'));
  assert.equal(refusal(() => read({}, ['--smtp-url', smtp])).code, 'config.unknown');
});

test('a password in DATABASE_URL is in no refusal and on no command line', () => {
  const error = refusal(() => read({ DATABASE_URL: 'mysql://u:zamok-77@localhost/lubart' }));
  assert.ok(!JSON.stringify(error.details).includes('zamok-77'));
  assert.equal(refusal(() => read({}, ['--database-url', 'postgres://localhost/a'])).code, 'config.unknown');
});

test('a provider of SMS is named by the scheme; only this machine is spoken to in plain, unless that is written', () => {
  const sid = `AC${'0f'.repeat(16)}`;
  assert.deepEqual(read({ LUBART_SMS_URL: 'turbosms://t%40ken@?sender=%D0%A4%D0%BE%D1%80%D1%82' }).sms, {
    kind: 'turbosms',
    base: 'https://api.turbosms.ua',
    token: new Secret('t@ken'),
    sender: 'Форт',
  });
  const twilio = read({ LUBART_SMS_URL: `twilio://${sid}:secret@api.dublin.ie1.twilio.com?from=%2B380440000000` }).sms;
  assert.deepEqual(twilio, {
    kind: 'twilio',
    base: 'https://api.dublin.ie1.twilio.com',
    accountSid: sid,
    authToken: new Secret('secret'),
    from: '+380440000000',
  });
  const secrets = [read({ LUBART_SMS_URL: 'turbosms://t%40ken@?sender=L' }).sms, twilio].map((sms) =>
    sms?.kind === 'turbosms' ? sms.token.expose() : sms?.kind === 'twilio' ? sms.authToken.expose() : undefined,
  );
  assert.deepEqual(secrets, ['t@ken', 'secret']);
  const smpp = { kind: 'smpp', caFile: undefined, systemId: 'a', password: new Secret('b'), from: 'Lubart' };
  for (const [url, host, port, tls] of [
    ['smpps://a:b@smsc.example?from=Lubart', 'smsc.example', 3550, true],
    ['smpp://a:b@127.0.0.1:2999?from=Lubart', '127.0.0.1', 2999, false],
    ['smpp://a:b@10.9.0.1?from=Lubart&plain=allowed', '10.9.0.1', 2775, false],
  ] as const) {
    assert.deepEqual(read({ LUBART_SMS_URL: url }).sms, { ...smpp, host, port, tls });
  }
  assert.deepEqual(read({ LUBART_SMS_URL: 'turbosms://token@127.0.0.1:81?sender=L' }).sms, {
    kind: 'turbosms',
    base: 'http://127.0.0.1:81',
    token: new Secret('token'),
    sender: 'L',
  });
  const refused = refusal(() => read({ LUBART_SMS_URL: 'turbosms://zamok-77@evil.example?sender=L' }));
  assert.ok(!JSON.stringify(refused.details).includes('zamok-77'));
  assert.equal(refusal(() => read({}, ['--sms-url', 'turbosms://t@?sender=L'])).code, 'config.unknown');
});

test('a misspelt setting is refused with the nearest known name', () => {
  const error = refusal(() => read({ LUBART_PROXYS: '10.0.0.2' }));
  assert.deepEqual(
    [error.code, error.field, error.details?.['nearest']],
    ['config.unknown', 'LUBART_PROXYS', 'LUBART_PROXIES'],
  );
  assert.equal(refusal(() => read({}, ['--prot', '80'])).details?.['nearest'], '--port');
  assert.equal(refusal(() => read({}, ['--port'])).field, 'LUBART_PORT');
});

test('a name of the launch scripts is no mistake', () => {
  assert.equal(read({ LUBART_CHROMIUM: '/usr/bin/chromium' }).port, 4477);
});

test('two data folders of one person have two keys', () => {
  assert.notEqual(read({ LUBART_DATA: 'a' }).keyFile, read({ LUBART_DATA: 'b' }).keyFile);
});

test('XDG_CONFIG_HOME moves the key; without any home the setting is asked for', () => {
  const keyFile = read({ XDG_CONFIG_HOME: '/srv/settings' }).keyFile;
  assert.ok(keyFile.startsWith(join('/srv/settings', 'lubart')));
  const error = refusal(() => readConfig({}, [], { ...surroundings, home: '' }));
  assert.deepEqual([error.field, error.details?.['reason']], ['LUBART_KEYS', 'no_home_folder']);
});

test('the key never lies in the data folder, plainly or through a link', () => {
  const data = join(place, 'data');
  mkdirSync(data, { recursive: true });
  symlinkSync(data, join(place, 'elsewhere'));
  for (const keys of [join(data, 'root.key'), join(data, 'a', 'b'), data, join(place, 'elsewhere', 'root.key')]) {
    const error = refusal(() => read({ LUBART_DATA: data, LUBART_KEYS: keys }));
    assert.deepEqual([error.field, error.details?.['reason']], ['LUBART_KEYS', 'inside_data_folder'], keys);
  }
  assert.equal(read({ LUBART_DATA: data, LUBART_KEYS: `${data}-keys/root.key` }).dataFolder, data);
  // The default key file, too: a data folder that is the home folder would swallow it.
  assert.equal(refusal(() => read({ LUBART_DATA: surroundings.home })).field, 'LUBART_KEYS');
});

test('beyond loopback only with TLS or behind a declared proxy', () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.7', 'crm.fortetsia.example']) {
    const error = refusal(() => read({ LUBART_HOST: host }));
    assert.deepEqual([error.code, error.field], ['config.listen_without_tls', 'LUBART_HOST']);
  }
  assert.equal(read({ LUBART_HOST: '0.0.0.0', LUBART_PROXIES: '10.0.0.2' }).host, '0.0.0.0');
  const [certFile, keyFile] = [join(place, 'cert.pem'), join(place, 'key.pem')];
  writeFileSync(certFile, '');
  const withTls = { LUBART_HOST: '0.0.0.0', LUBART_TLS_CERT: certFile, LUBART_TLS_KEY: keyFile };
  assert.equal(refusal(() => read(withTls)).details?.['reason'], 'file_unreadable');
  writeFileSync(keyFile, '');
  assert.deepEqual(read(withTls).tls, { certFile, keyFile });
});

test('loopback is what stays on this machine', () => {
  assert.deepEqual(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].map(isLoopbackHost), [true, true, true, true]);
  assert.deepEqual(['0.0.0.0', '::', '128.0.0.1', '127.evil.example'].map(isLoopbackHost), [
    false,
    false,
    false,
    false,
  ]);
});

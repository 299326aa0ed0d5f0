/** Words of the page about the connection, English. */
export const connection = {
  certificate: 'Certificate',
  ways: {
    none: 'Lubart speaks without TLS: with this machine only, or behind a proxy that encrypts.',
    files:
      'The certificate is your own files. Renew them yourself: a new one is served within seconds, without a restart.',
    acme: 'Lubart gets the certificate from a certificate authority (ACME) and renews it by itself.',
    local:
      'The certificate comes from this server’s own authority, for an office without the internet. Lubart renews it by itself.',
  },
  names: 'For the names',
  issuer: 'Issued by',
  until: 'Good until',
  renews: 'Next renewal',
  byHand: 'by hand',
  fingerprint: 'SHA-256 fingerprint',
  chain: 'Chain',
  chainWhole: 'whole',
  chainBroken: 'an intermediate certificate is missing: some devices will not trust it',
  troubles: {
    authority_refused:
      'It could not be renewed: the authority refused. Check that the name leads here and that port 80 is open. The old certificate is served.',
    authority_unreachable:
      'It could not be renewed: the authority does not answer. Lubart tries again by itself. The old certificate is served.',
    files_refused: 'The new certificate was refused: broken, expired or for another name. The old one is served.',
    ends_soon:
      'The certificate ends soon, and Lubart does not renew it by itself. Put a new one on the server: no restart is needed.',
  },
  failsSince: 'It has been failing since {{since}}. Next try: {{next}}.',
  troubleTold: 'Where mail is set up, owners get a letter about it, once a day at most.',
  way: 'The way to Lubart',
  versions: 'Versions of TLS',
  plain: 'without TLS',
  hsts: 'Browsers come by TLS only',
  hstsDays_one: 'remembered for {{count}} day',
  hstsDays_few: 'remembered for {{count}} days',
  hstsDays_many: 'remembered for {{count}} days',
  hstsDays_other: 'remembered for {{count}} days',
  hstsNone: 'no',
  database: 'Database',
  databases: {
    verified: 'on another machine: TLS, certificate and name are verified',
    here: 'on this same machine',
  },
  authority: 'Trust of devices',
  authorityText:
    'Put the certificate of the own authority onto each device, once. It vouches for this address only. Before you agree, compare the fingerprint on the device with this one:',
  download: 'Download the authority’s certificate',
  devices: {
    windows: 'Windows',
    android: 'Android',
    ios: 'iPhone and iPad',
    linux: 'Linux',
  },
  steps: {
    windows:
      'Open the file → Install Certificate → Local Machine → Place all certificates in the following store → Trusted Root Certification Authorities.',
    android:
      'Settings → Security → Encryption & credentials → Install a certificate → CA certificate. The names differ a little between phones.',
    ios: 'Open the file and allow the profile. Settings → General → VPN & Device Management → Install. Then General → About → Certificate Trust Settings → turn it on.',
    linux:
      'Put the file into /usr/local/share/ca-certificates/ and run sudo update-ca-certificates. Firefox: Settings → Privacy → Certificates → Import.',
  },
};

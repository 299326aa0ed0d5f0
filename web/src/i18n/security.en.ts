/** Words of the section “Security”, English. `hint` stands in the list of pages, `intro` under the title of the page. */
export const security = {
  pagesOf: 'Security pages',
  groups: { door: 'Sign-in', rights: 'Rights', trouble: 'When something happens' },
  pages: {
    signIn: {
      title: 'Sign-in rules',
      hint: 'from where, when, how long',
      intro:
        'From where and when people may work, and how long a session lasts. Rules hold at every step, not only at sign-in.',
    },
    sso: {
      title: 'Single sign-on',
      hint: 'by your own sign-in system',
      intro:
        'People sign in with the company’s account: Microsoft, Google, Keycloak or any other that speaks OpenID Connect.',
    },
    coverage: {
      title: 'Who is covered',
      hint: 'a second factor for each',
      intro: 'Which people have a second factor, which one, and who still has to add it.',
    },
    devices: {
      title: 'Devices',
      hint: 'approve, name, take away',
      intro: 'The browsers and computers people work from. A new one must be approved, a lost one taken away.',
    },
    exports: {
      title: 'Exports',
      hint: 'files of clients',
      intro: 'Which files of clients left, by whom and how protected, and how much may leave.',
    },
    keys: {
      title: 'Encryption keys',
      hint: 'their age, replacing them',
      intro: 'Which keys the data is sealed by, how old they are, and replacing them while everybody works.',
    },
    kit: {
      title: 'Recovery kit',
      hint: 'the root key on paper',
      intro: 'The root key on paper, for the day when the server or its key file is gone.',
    },
    connection: {
      title: 'Connection',
      hint: 'certificate and encryption on the way',
      intro:
        'Whether the way from the browser to Lubart and from Lubart to the database is closed, and until when the certificate is good.',
    },
    witnesses: {
      title: 'Witnesses of the log',
      hint: 'who outside confirms the log',
      intro: 'Who beyond this server confirms that the audit log only grows and nobody has rewritten it.',
    },
    erasures: {
      title: 'Erasure',
      hint: 'who is forgotten for good',
      intro: 'Who was erased for good, why and by whom. Only ids and certificates are left here.',
    },
    receivers: {
      title: 'Forwarding of the log',
      hint: 'syslog, webhook, file',
      intro:
        'Where else entries of the audit log are sent, how far behind a receiver is, and whether anything was lost.',
    },
    retention: {
      title: 'Keeping the log',
      hint: 'times and legal holds',
      intro: 'For how long entries of the audit log are kept, and what may not be deleted.',
    },
    decoys: {
      title: 'Decoys',
      hint: 'who looks around',
      intro: 'Clients that nobody has to open. Whoever touches one looks where there is no work to do.',
    },
    apiKeys: {
      title: 'API keys',
      hint: 'access for programs',
      intro: 'Keys by which other programs reach Lubart: with which rights, from where and until when.',
    },
    reviews: {
      title: 'Access reviews',
      hint: 'are rights still needed',
      intro: 'Heads confirm or withdraw people’s rights on a calendar. A right nobody answers for is withdrawn.',
    },
    elevations: {
      title: 'Temporary rights',
      hint: 'ask, approve',
      intro: 'Extra rights for a time: who asks, why, who approved, and when they end.',
    },
    sleeping: {
      title: 'Sleeping accounts',
      hint: 'who has not signed in for long',
      intro: 'Accounts that nobody has used for a long time. Close those that are no longer needed.',
    },
    recovery: {
      title: 'Lost phone',
      hint: 'give a person the way back',
      intro: 'Who lost all factors and asks for the way back. Call the person before you approve.',
    },
    emergency: {
      title: 'Emergency sign-in',
      hint: 'the owner’s sealed sheet',
      intro: 'The owner’s last way in: a sheet that works once, and everybody hears of it.',
    },
  },
};

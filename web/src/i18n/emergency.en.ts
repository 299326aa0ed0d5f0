/** Words of the emergency sheet, English. */
export const emergency = {
  title: 'Emergency sign-in',
  intro: 'Type both halves of the emergency sheet. It works once, and all owners will learn of it.',
  first: 'First half',
  second: 'Second half',
  mistyped: 'There is a mistake, or characters are missing. Compare it with the paper.',
  same: 'These are two equal halves, or halves of different sheets.',
  enter: 'Sign in by the sheet',
  back: 'To the ordinary sign-in',
  link: 'Emergency sign-in',
  alarm:
    'Emergency sign-in: {{when}} somebody came in by the sheet as {{name}}. Device: {{device}}. Address: {{address}}.',
  seen: 'I have seen it',
  states: {
    none: 'There is no emergency sheet yet. If the owner loses phone and codes, nobody can sign in.',
    standing: 'The sheet is in force.',
    used: 'The sheet was used. Make a new one.',
    expired: 'The sheet’s time is over. Make a new one.',
    ownerless: 'The sheet opens nothing: the person it was made for is no longer an owner. Make a new one.',
    withdrawn: 'The sheet was withdrawn. Make a new one.',
  },
  number: 'Sheet no. {{number}}',
  of: 'Lets in: {{name}}. Made {{made}}, good until {{until}}.',
  make: 'Make a sheet',
  makeTitle: 'Make a new emergency sheet?',
  makeText:
    'Have a printer ready: both halves are shown once. The sheet before stops working at once. The owners get a letter.',
  shownOnce: 'Print it now: the halves are not shown again. Cut the sheet and give the halves to two people.',
  print: 'Print',
  hide: 'Printed, hide it',
  half: 'Half {{half}} of 2',
  halfText:
    'Together with the other half it signs in to “{{organization}}” as {{name}}: {{address}}. Keep it in a sealed envelope, apart from the other. Good until {{until}}.',
  check: 'Check a half',
  checkText: 'Type one half to make sure that it is the right one. This does not use the sheet up.',
  checkField: 'Half',
  checked: 'Half {{half}} is the right one.',
};

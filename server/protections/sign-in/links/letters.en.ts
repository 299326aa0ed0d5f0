/** Letters to people of the house in English; what each is told stands in letter-facts.ts. */
import type { CertificateTrouble } from '#contract';
import type { LetterWords } from './letter-facts.ts';

const letters: LetterWords['letters'] = {
  invitation: ({ name, inviter, organization, link, days }) => ({
    subject: `Invitation to the CRM of ${organization}`,
    paragraphs: [
      `Hello ${name},`,
      `${inviter} invites you to work with the clients of “${organization}” in Lubart. To join, open the link, choose a password and connect an authenticator app:`,
      link,
      `The link works once, for ${days} days. If you do not know what this is about, do nothing.`,
    ],
  }),
  reset: ({ name, organization, link, minutes, by }) => ({
    subject: 'A new password for Lubart',
    paragraphs: [
      `Hello ${name},`,
      by === null
        ? `Somebody, probably you, asked for a new password to sign in to “${organization}”. To choose it, open the link:`
        : `${by} sends you a link to choose a new password to sign in to “${organization}”:`,
      link,
      `The link works once, for ${minutes} minutes. Signing in will still need the code of your app.`,
      'If you did not ask for this, do nothing: your password does not change.',
    ],
  }),
  passwordChanged: ({ name, organization, when, device, address }) => ({
    subject: 'Your password was changed',
    paragraphs: [
      `Hello ${name},`,
      `The password to sign in to “${organization}” was changed on ${when}. Device: ${device}. Address: ${address}.`,
      'If it was you, do nothing. If not, tell the owner or the security officer of your company at once.',
      'If you changed it because somebody knew it, look at “My browsers” in your profile and take away what is not yours.',
    ],
  }),
  emailConfirm: ({ name, organization, link, hours, by }) => ({
    subject: 'Confirm your new address',
    paragraphs: [
      `Hello ${name},`,
      by === null
        ? `You asked to sign in to “${organization}” with this address. Confirm it by the link:`
        : `${by} asks that you sign in to “${organization}” with this address. Confirm it by the link:`,
      link,
      `The link works once, for ${hours} hours. Until you confirm, nothing changes.`,
    ],
  }),
  emailAsked: ({ name, organization, to, link, hours, by }) => ({
    subject: 'Your address is about to change',
    paragraphs: [
      `Hello ${name},`,
      `${by === null ? 'Somebody, probably you, asked' : `${by} asks`} to change the address with which you sign in to “${organization}” to ${to}.`,
      'If that is right, do nothing. If not, cancel it by the link: your old address stays, and all sessions end:',
      link,
      `The link works for ${hours} hours.`,
    ],
  }),
  emailChanged: ({ name, organization, to, link, hours }) => ({
    subject: 'Your address was changed',
    paragraphs: [
      `Hello ${name},`,
      `To sign in to “${organization}” you now need the address ${to}; this one does not work any more.`,
      'If you did not do this, take your old address back by the link. All sessions will end:',
      link,
      `The link works for ${hours} hours.`,
    ],
  }),
  emailRestored: ({ name, organization }) => ({
    subject: 'Your address is back',
    paragraphs: [
      `Hello ${name},`,
      `The change of the address with which you sign in to “${organization}” was cancelled: you sign in with this address again. All sessions were ended.`,
      'If it was not you who asked for the change, somebody may know your password. Choose a new one: “Forgot your password?” on the sign-in page.',
    ],
  }),
  recoveryAsked: ({ name, organization, when, device, address, link }) => ({
    subject: 'Somebody wants to sign in without your phone',
    paragraphs: [
      `Hello ${name},`,
      `${when} somebody who knows your password said that the phone is lost, and asks to connect a new one to sign in to “${organization}”. Device: ${device}. Address: ${address}.`,
      'If it was you, do nothing: colleagues must confirm that it is you. If not, cancel the request and change your password:',
      link,
    ],
  }),
  recoveryToApprove: ({ name, organization, person, needed, link }) => ({
    subject: 'A colleague asks for recovery',
    paragraphs: [
      `Hello ${name},`,
      `${person} lost the phone and asks to sign in to “${organization}” with a new one. Call this person and make sure it is them. Then approve or refuse:`,
      link,
      needed === 1 ? 'There is nobody else to ask.' : `Approvals of different people needed: ${needed}.`,
    ],
  }),
  recoveryFinished: ({ name, organization, person, own, when, device, address }) => ({
    subject: own ? 'Your sign-in was recovered' : 'A colleague’s sign-in was recovered',
    paragraphs: [
      `Hello ${name},`,
      `${when} a new app to sign in to “${organization}” was connected. Person: ${person}. Device: ${device}. Address: ${address}.`,
      'The old phone, recovery codes, API keys and all sessions of this person stopped working.',
      own
        ? 'If it was not you, call an owner or the security officer at once.'
        : 'If you are in doubt, call this person. Access is closed under “People”.',
    ],
  }),
  recoveryByOperator: ({ name, organization, person, own, when }) => ({
    subject: own
      ? 'Your sign-in is being recovered on the server'
      : 'A colleague’s sign-in is being recovered on the server',
    paragraphs: [
      `Hello ${name},`,
      `${when} whoever looks after the server began to recover a sign-in to “${organization}”. Person: ${person}. All sessions of this person ended.`,
      own
        ? 'If you did not ask for this, tell an owner or the security officer of your company at once.'
        : 'If you did not know of it, call this person and whoever looks after the server.',
    ],
  }),
  deputyNamed: ({ name, organization, head, deputy, from, until, by }) => ({
    subject: 'A deputy while a head is away',
    paragraphs: [
      `Hello ${name},`,
      `${by} tells you: at “${organization}”, from ${from} to ${until}, somebody stands in for the head of a department. Head: ${head}. Deputy: ${deputy}.`,
      'On these days the clients of that head’s departments are open to the deputy, who approves what the head approves. Nothing more, and it ends by itself.',
      'If this is a mistake, end it in Lubart: People → Departments.',
    ],
  }),
  deputyEnded: ({ name, organization, head, deputy, by }) => ({
    subject: 'A deputy has ended',
    paragraphs: [
      `Hello ${name},`,
      `${by} ended it before the time at “${organization}”. Head: ${head}. Deputy: ${deputy}.`,
    ],
  }),
  clientShared: ({ name, organization, by, edit, until, link }) => ({
    subject: 'A client was shared with you',
    paragraphs: [
      `Hello ${name},`,
      edit
        ? `${by} shares a client of “${organization}” with you: you can see and change it. The access ends on ${until}.`
        : `${by} shares a client of “${organization}” with you: you can see it. The access ends on ${until}.`,
      link,
      'The filter “Shared with me” in the list shows all such clients.',
    ],
  }),
  elevationAsked: ({ name, organization, person, role, hours, link }) => ({
    subject: 'A colleague asks for a temporary right',
    paragraphs: [
      `Hello ${name},`,
      `${person} asks for the role “${role}” at “${organization}” for ${hours} h. Read what for, and approve or refuse:`,
      link,
      'Nothing changes without your decision. After seven days the request lapses.',
    ],
  }),
  elevationApproved: ({ name, organization, by, role, until }) => ({
    subject: 'Your temporary right was approved',
    paragraphs: [
      `Hello ${name},`,
      `${by} approved your request: the role “${role}” at “${organization}” is yours until ${until} and ends by itself.`,
    ],
  }),
  elevationRefused: ({ name, organization, by, role }) => ({
    subject: 'Your temporary right was refused',
    paragraphs: [`Hello ${name},`, `${by} refused your request for the role “${role}” at “${organization}”.`],
  }),
  elevationEnded: ({ name, organization, by, role }) => ({
    subject: 'Your temporary right was ended early',
    paragraphs: [`Hello ${name},`, `${by} ended your temporary role “${role}” at “${organization}” before its time.`],
  }),
  deviceAsked: ({ name, organization, when, device, address, link }) => ({
    subject: 'A new browser waits for approval',
    paragraphs: [
      `Hello ${name},`,
      `At ${when} somebody with your password and code came to “${organization}” from a new browser. Browser: ${device}. Address: ${address}.`,
      'If it is you, approve it on a device where you are signed in, or ask your head:',
      link,
      'If it is not you, refuse it and change your password at once: somebody knows it.',
    ],
  }),
  deviceApproved: ({ name, organization, when, device, address, by, link }) => ({
    subject: 'A new browser was approved',
    paragraphs: [
      `Hello ${name},`,
      `At ${when} ${by} said that this browser is yours: ${device}, ${address}. One can sign in to “${organization}” from it now.`,
      'If you know nothing of it, take it away in your profile and change your password:',
      link,
    ],
  }),
  apiKeyEnding: ({ name, organization, key, until, link }) => ({
    subject: 'An API key ends soon',
    paragraphs: [
      `Hello, ${name}!`,
      `Your API key “${key}” at “${organization}” is good until ${until}. The program that uses it will stop then.`,
      'If it is still needed, rotate it: the old secret opens for a day more, so that there is time to put the new one in.',
      link,
    ],
  }),
  emergencyUsed: ({ name, organization, person, when, device, address, link }) => ({
    subject: 'Emergency sign-in by the sheet',
    paragraphs: [
      `Hello ${name},`,
      `${when} somebody signed in to “${organization}” as ${person} by the emergency sheet. Device: ${device}. Address: ${address}.`,
      'Call this person. If it was somebody else, end the sessions and find out who had both halves of the sheet. The sheet works no more; make a new one:',
      link,
    ],
  }),
  emergencyMade: ({ name, organization, person, number, when }) => ({
    subject: 'A new emergency sheet was made',
    paragraphs: [
      `Hello ${name},`,
      `${when} ${person} made a new emergency sheet, no. ${number}, to sign in to “${organization}”. The one before, if there was one, works no more: destroy its halves.`,
      'If this is news to you, ask this person face to face.',
    ],
  }),
  emergencyExpires: ({ name, organization, number, when, link }) => ({
    subject: 'The emergency sheet is about to end',
    paragraphs: [
      `Hello ${name},`,
      `The emergency sheet no. ${number} to sign in to “${organization}” is good until ${when}. An owner can make a new one:`,
      link,
    ],
  }),
  kitMade: ({ name, organization, person, when, device, address, link }) => ({
    subject: 'The root key was shown: a recovery kit was made',
    paragraphs: [
      `Hello ${name},`,
      `${when} ${person} made a recovery kit of the root key of “${organization}”. Device: ${device}. Address: ${address}.`,
      'Whoever has this kit and a copy of the data reads all clients. Ask this person face to face. If it was somebody else, end the sessions and replace the root key at once: the kit is then worth nothing for whatever you keep from now on.',
      link,
    ],
  }),
  certificateTrouble: ({ name, organization, host, trouble, until, isOver, link }) => ({
    subject:
      trouble === 'ends_soon' ? 'The certificate of Lubart ends soon' : 'The certificate of Lubart was not renewed',
    paragraphs: [
      `Hello ${name},`,
      `The certificate by which browsers know the Lubart of “${organization}” (${host}) is good until ${until}. ${troubles[trouble]}`,
      isOver
        ? 'This time is over: browsers let nobody in to Lubart. The data is safe.'
        : 'Until then everything works as always. After that browsers will let nobody in to Lubart. Pass this letter on to whoever looks after the server.',
      link,
    ],
  }),
  clientEnding: ({ name, organization, receiver, until, isOver, link }) => ({
    subject: isOver ? 'A receiver of the log knows Lubart no more' : 'The certificate for a receiver of the log ends',
    paragraphs: [
      `Hello ${name},`,
      `The audit log of “${organization}” is sent to ${receiver}. The certificate by which this server knows Lubart is good until ${until}.`,
      isOver
        ? 'This time is over: entries wait in Lubart and arrive nowhere until you add a new certificate with its key. Nothing is lost.'
        : 'After that the server will take no entries. Get a new certificate with its key from whoever looks after it, and add it:',
      link,
    ],
  }),
};

const troubles: Readonly<Record<CertificateTrouble, string>> = {
  authority_refused:
    'It could not be renewed: the certificate authority refused. Check that this name leads to your server and that port 80 is open. Lubart goes on trying by itself.',
  authority_unreachable:
    'It could not be renewed: the certificate authority does not answer. Check that the server reaches the internet. Lubart goes on trying by itself.',
  files_refused: 'The new certificate that was put on the server was refused: broken, expired or for another name.',
  ends_soon: 'Lubart does not renew it by itself: put a new one on the server, nothing needs a restart.',
};

export const en: LetterWords = {
  letters,
  ending: '—\nLubart. This letter was sent by itself; there is no need to answer it.',
};

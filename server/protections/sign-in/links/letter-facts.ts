/** What each letter to people of the house is told, and the shape that both languages fill (letters.uk.ts, letters.en.ts). */
import type { CertificateTrouble } from '#contract';

/** To the person, or to a colleague of the person. */
type RecoveryNotice = {
  name: string;
  organization: string;
  person: string;
  own: boolean;
  when: string;
  device: string;
  address: string;
};

export type LetterFacts = {
  invitation: { name: string; inviter: string; organization: string; link: string; days: number };
  reset: { name: string; organization: string; link: string; minutes: number; by: string | null };
  passwordChanged: { name: string; organization: string; when: string; device: string; address: string };
  emailConfirm: { name: string; organization: string; link: string; hours: number; by: string | null };
  emailAsked: { name: string; organization: string; to: string; link: string; hours: number; by: string | null };
  emailChanged: { name: string; organization: string; to: string; link: string; hours: number };
  emailRestored: { name: string; organization: string };
  recoveryAsked: { name: string; organization: string; when: string; device: string; address: string; link: string };
  recoveryToApprove: { name: string; organization: string; person: string; needed: number; link: string };
  recoveryFinished: RecoveryNotice;
  recoveryByOperator: RecoveryNotice;
  deputyNamed: {
    name: string;
    organization: string;
    head: string;
    deputy: string;
    from: string;
    until: string;
    by: string;
  };
  deputyEnded: { name: string; organization: string; head: string; deputy: string; by: string };
  clientShared: { name: string; organization: string; by: string; edit: boolean; until: string; link: string };
  elevationAsked: { name: string; organization: string; person: string; role: string; hours: number; link: string };
  elevationApproved: { name: string; organization: string; by: string; role: string; until: string };
  elevationRefused: { name: string; organization: string; by: string; role: string };
  elevationEnded: { name: string; organization: string; by: string; role: string };
  deviceAsked: { name: string; organization: string; when: string; device: string; address: string; link: string };
  deviceApproved: {
    name: string;
    organization: string;
    when: string;
    device: string;
    address: string;
    by: string;
    link: string;
  };
  apiKeyEnding: { name: string; organization: string; key: string; until: string; link: string };
  emergencyUsed: {
    name: string;
    organization: string;
    person: string;
    when: string;
    device: string;
    address: string;
    link: string;
  };
  emergencyMade: { name: string; organization: string; person: string; number: string; when: string };
  emergencyExpires: { name: string; organization: string; number: string; when: string; link: string };
  kitMade: {
    name: string;
    organization: string;
    person: string;
    when: string;
    device: string;
    address: string;
    link: string;
  };
  certificateTrouble: {
    name: string;
    organization: string;
    host: string;
    trouble: CertificateTrouble;
    until: string;
    isOver: boolean;
    link: string;
  };
  clientEnding: {
    name: string;
    organization: string;
    receiver: string;
    until: string;
    isOver: boolean;
    link: string;
  };
};
export type LetterKind = keyof LetterFacts;

/** All letters of one language, and the lines under each. */
export type LetterWords = {
  letters: { [Kind in LetterKind]: (facts: LetterFacts[Kind]) => { subject: string; paragraphs: readonly string[] } };
  ending: string;
};

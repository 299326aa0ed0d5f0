/**
 * The rules of sign-in of one organization, by sections. What is not set holds by default: from anywhere, at any hour, a session
 * for twelve hours asleep and seven days at most, any second factor but SMS, from browsers that were approved; who lost the phone
 * needs two owners or security officers and a day.
 */

/** Where from: anywhere, or only from the named places. */
export type Allowed = { anywhere: boolean; places: string[] };
export type Place = { id: string; name: string; ranges: string[] };

/** The nearest list counts: a person’s own, else those of the person’s roles (each of them), else the organization’s. */
export type NetworkRules = {
  places: Place[];
  organization: Allowed;
  roles: (Allowed & { role: string })[];
  people: (Allowed & { personId: string })[];
};

/** When, in Europe/Kyiv: days 1 (Monday) to 7; `to` before `from` goes on after midnight. null: at any hour. */
export type Hours = { days: number[]; from: string; to: string };
export type HoursRules = {
  organization: Hours | null;
  roles: { role: string; hours: Hours | null }[];
  people: { personId: string; hours: Hours | null }[];
};

/** How long a session lives: asleep, and at all. Limits of a role can only be stricter than those of everybody. */
export type SessionLimits = { idleHours: number; days: number };
export type SessionRules = { organization: SessionLimits; roles: (SessionLimits & { role: string })[] };

/** Whether a new browser has to be approved; and for how many days without use one stays approved. A role can only be stricter. */
export type DeviceRule = { demanded: boolean; days: number };
export type DeviceRules = { organization: DeviceRule; roles: (DeviceRule & { role: string })[] };
export const deviceDaysMax = 365;

/** How strong the factor of a sign-in must be: any second one; a passkey or hardware key; a key whose maker vouches for it. */
export const factorLevels = ['any', 'key', 'attested'] as const;
export type FactorLevel = (typeof factorLevels)[number];
/** `since` is written by the server when a demand rises: from then on the days of grace are counted. */
export type FactorDemand = { level: FactorLevel; since: string | null };

/** Whoever must meet several demands meets the strictest. */
export type FactorRules = {
  organization: FactorDemand;
  roles: (FactorDemand & { role: string })[];
  /** Days in which whoever lacks the factor still comes in as before. */
  graceDays: number;
  /** Which keys are vouched for: models by AAGUID, makers by root certificate (PEM). An empty list of models: every model. */
  attested: { models: string[]; roots: string[] };
  /** Codes by SMS, restricted (NIST SP 800-63B-4 §3.1.3.3): only to these country prefixes, and so many messages a day. */
  sms: { allowed: boolean; prefixes: string[]; dayMax: number; prefixDayMax?: number };
};

/**
 * A lost phone without a recovery code: who is asked (everybody named who may recover people, and whoever has such a role), how many
 * of them must approve, and how long one waits at least. `role` is a key or an id.
 */
export type RecoveryRules = {
  approvers: { roles: string[]; people: string[] };
  needed: number;
  waitingHours: number;
};
export const approvalsNeededMax = 5;
/** The longest wait; also that of whoever has fewer colleagues to ask than are needed. */
export const recoveryWaitingHoursMax = 72;

export type SignInRules = {
  networks: NetworkRules;
  hours: HoursRules;
  sessions: SessionRules;
  devices: DeviceRules;
  factors: FactorRules;
  recovery: RecoveryRules;
};

/** Nobody may stay longer than this, whatever is set. */
export const sessionLimitsMax: Readonly<SessionLimits> = { idleHours: 12, days: 7 };

export const defaultRules: Readonly<SignInRules> = {
  networks: { places: [], organization: { anywhere: true, places: [] }, roles: [], people: [] },
  hours: { organization: null, roles: [], people: [] },
  sessions: { organization: { ...sessionLimitsMax }, roles: [] },
  devices: { organization: { demanded: true, days: 90 }, roles: [] },
  factors: {
    organization: { level: 'any', since: null },
    roles: [],
    graceDays: 7,
    attested: { models: [], roots: [] },
    sms: { allowed: false, prefixes: ['+380'], dayMax: 200 },
  },
  recovery: { approvers: { roles: ['owner', 'security-officer'], people: [] }, needed: 2, waitingHours: 24 },
};

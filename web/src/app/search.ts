/** What stands in the address of a list: filters and order only. What a person types to find somebody never does. */
import type { AuditLevel, ContactStage } from '../contract.ts';
import { auditLevels, contactStages } from '../contract.ts';

export const sorts = ['-created', 'created', '-updated', 'updated', 'name', '-name'] as const;
export type Sort = (typeof sorts)[number];

export type ListSearch = {
  stage?: ContactStage;
  ownerId?: string;
  departmentId?: string;
  tag?: string;
  createdFrom?: string;
  createdTo?: string;
  withoutNextStep?: true;
  companyId?: string;
  shared?: true;
  sort?: Sort;
  trash?: true;
};

export type AuditSearch = {
  from?: string;
  to?: string;
  level?: AuditLevel;
  outcome?: 'done' | 'refused';
  event?: string;
  actorId?: string;
  subjectId?: string;
  sessionId?: string;
  apiKeyId?: string;
  /** Ids of entries whose request, address, network or device is looked for: nothing personal stands in the address. */
  requestOf?: string;
  addressOf?: string;
  networkOf?: string;
  deviceOf?: string;
  /** As it went, instead of the table. */
  timeline?: true;
};

type Raw = Record<string, unknown>;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length < 200;
const isDay = (value: unknown): value is string => isText(value) && /^\d{4}-\d{2}-\d{2}$/.test(value);
const isId = (value: unknown): value is string => isText(value) && /^[0-9a-f-]{36}$/i.test(value);
const among = <T extends string>(set: readonly T[], value: unknown): value is T => set.includes(value as T);
const yes = (value: unknown) => value === true || value === 'true';

/** Leaves out what is not known, so that a mistyped address still opens the list. */
export function readListSearch(raw: Raw): ListSearch {
  return {
    ...(among(contactStages, raw['stage']) && { stage: raw['stage'] }),
    ...(isId(raw['ownerId']) && { ownerId: raw['ownerId'] }),
    ...(isId(raw['departmentId']) && { departmentId: raw['departmentId'] }),
    ...(isText(raw['tag']) && { tag: raw['tag'] }),
    ...(isDay(raw['createdFrom']) && { createdFrom: raw['createdFrom'] }),
    ...(isDay(raw['createdTo']) && { createdTo: raw['createdTo'] }),
    ...(yes(raw['withoutNextStep']) && { withoutNextStep: true as const }),
    ...(isId(raw['companyId']) && { companyId: raw['companyId'] }),
    ...(yes(raw['shared']) && { shared: true as const }),
    ...(among(sorts, raw['sort']) && { sort: raw['sort'] }),
    ...(yes(raw['trash']) && { trash: true as const }),
  };
}

export function readAuditSearch(raw: Raw): AuditSearch {
  return {
    ...(isDay(raw['from']) && { from: raw['from'] }),
    ...(isDay(raw['to']) && { to: raw['to'] }),
    ...(among(auditLevels, raw['level']) && { level: raw['level'] }),
    ...(among(['done', 'refused'] as const, raw['outcome']) && { outcome: raw['outcome'] }),
    ...(isText(raw['event']) && { event: raw['event'] }),
    ...(isId(raw['actorId']) && { actorId: raw['actorId'] }),
    ...(isId(raw['subjectId']) && { subjectId: raw['subjectId'] }),
    ...(isId(raw['sessionId']) && { sessionId: raw['sessionId'] }),
    ...(isId(raw['apiKeyId']) && { apiKeyId: raw['apiKeyId'] }),
    ...(isId(raw['requestOf']) && { requestOf: raw['requestOf'] }),
    ...(isId(raw['addressOf']) && { addressOf: raw['addressOf'] }),
    ...(isId(raw['networkOf']) && { networkOf: raw['networkOf'] }),
    ...(isId(raw['deviceOf']) && { deviceOf: raw['deviceOf'] }),
    ...(yes(raw['timeline']) && { timeline: true as const }),
  };
}

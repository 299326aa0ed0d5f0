/** The filters that a list of contacts and an export share. */
import type { ContactStage } from '#contract';
import { contactStages } from '#contract';
import type { Actor } from '#protections/access';
import type { Context, Option } from './command.ts';
import { UsageError } from './command.ts';
import { departmentByText, personByText } from './find-by-text.ts';
import type { OpenRooms } from './open-rooms.ts';

export const filterOptions: Readonly<Record<string, Option>> = {
  stage: {
    type: 'text',
    value: 'STAGE',
    choices: contactStages,
    meaning: { uk: 'лише цей етап', en: 'only this stage' },
  },
  owner: { type: 'text', value: 'PERSON', meaning: { uk: 'лише цього відповідального', en: 'only of this owner' } },
  department: {
    type: 'text',
    value: 'DEPARTMENT',
    meaning: { uk: 'лише цього відділу', en: 'only of this department' },
  },
  tag: { type: 'text', value: 'TAG', meaning: { uk: 'лише з цим тегом', en: 'only with this tag' } },
  archived: { type: 'flag', meaning: { uk: 'лише з кошика', en: 'only from the trash' } },
};

/** @throws UsageError when a named person or department is not there */
export async function filtersOf(context: Context, rooms: OpenRooms, actor: Actor) {
  const [stage, tag, owner, department] = ['stage', 'tag', 'owner', 'department'].map((name) => context.text(name));
  const people = owner === undefined ? [] : (await rooms.call(actor, 'GET /api/v1/people')).people;
  const departments = department === undefined ? [] : (await rooms.call(actor, 'GET /api/v1/departments')).departments;
  const person = owner === undefined ? undefined : personByText(people, owner);
  const branch = department === undefined ? undefined : departmentByText(departments, department);
  if (owner !== undefined && person === undefined)
    throw new UsageError({ uk: '--owner: немає такої людини.', en: '--owner: there is no such person.' });
  if (department !== undefined && branch === undefined) {
    throw new UsageError({
      uk: '--department: немає такого відділу.',
      en: '--department: there is no such department.',
    });
  }
  return {
    ...(stage === undefined ? {} : { stage: stage as ContactStage }),
    ...(tag === undefined ? {} : { tag }),
    ...(person === undefined ? {} : { ownerId: person.id }),
    ...(branch === undefined ? {} : { departmentId: branch.id }),
    ...(context.flag('archived') ? { archived: true } : {}),
  };
}

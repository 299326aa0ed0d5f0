/** `lubart posture`: what each protection proves about itself right now. */
import type { Action, Context } from '../command.ts';
import { asOptions, organizationOption } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../print-table.ts';

async function posture(context: Context) {
  const rooms = await context.open();
  const person = context.text('as');
  if (person !== undefined)
    await rooms.requireRight(await rooms.actor(person, context.text('organization')), 'audit.read');
  const { gatherPosture } = await import('../gather-posture.ts');
  const checks = await gatherPosture(rooms.lubart);
  const failed = checks.filter(({ ok }) => !ok).length;
  const said = context.say({
    uk: `Перевірок: ${checks.length}, не пройшло: ${failed}`,
    en: `Checks: ${checks.length}, failed: ${failed}`,
  });
  return {
    data: { ok: failed === 0, passed: checks.length - failed, failed, checks },
    lines: [
      ...checks.map(
        ({ ok, id, promise, evidence }) => `${ok ? '✔' : '✖'} ${id}  ${promise}  ${plain(JSON.stringify(evidence))}`,
      ),
      said,
    ],
    exitCode: failed === 0 ? exitCodes.ok : exitCodes.failed,
  };
}

export const postureActions: readonly Action[] = [
  {
    words: ['posture'],
    operands: [],
    options: { as: { type: 'text', value: 'PERSON', meaning: asOptions.as.meaning }, organization: organizationOption },
    summary: { uk: 'Що захисти доводять про себе зараз', en: 'What the protections prove about themselves now' },
    more: {
      uk: 'Без --as відповідає тому, хто має доступ до цієї машини. З --as потрібне право читати журнал. Код 1, якщо перевірка не пройшла.',
      en: 'Without --as it answers whoever has this machine. With --as the right to read the audit log is needed. Exit code 1 when a check fails.',
    },
    run: posture,
  },
];

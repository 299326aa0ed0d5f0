/** Routes of reviews. The frame asked for the permission; here its reach says which rights are seen. */
import type { ReviewRules, reviewRoutes } from '#contract';
import type { Reach } from '#database';
import type { Handlers } from '#http';
import { LubartError } from '#kernel';
import type { Actor } from '#protections/access';
import { may, requireEntitledNow, scopeOf } from '#protections/access';
import { doerOf } from '#protections/audit-log';
import { answerRights, placesOf } from './answer-rights.ts';
import { listCampaigns } from './campaign-store.ts';
import { closeCampaign } from './close-campaign.ts';
import type { ReviewDeps } from './deps.ts';
import { listAsked, listItems } from './item-store.ts';
import { periodOf, readReviewRules, writeReviewRules } from './review-rules.ts';
import { findResult } from './result-store.ts';
import { ed25519Verify } from '#protections/encryption';
import { findPublicKey, sha256, signedFile } from './sign-result.ts';
import { readHouse, startCampaign } from './start-campaign.ts';
import { campaignView, fatesOf, readNames, reviewersOf, rightView } from './views.ts';

export type ReviewHandlers = Handlers<typeof reviewRoutes>;

export function reviewHandlers(deps: ReviewDeps): ReviewHandlers {
  const { database, keyring, clock } = deps;
  const campaignOf = async (reach: Reach, id: string) => {
    const [campaign] = await database.read(reach, (tx) => listCampaigns(tx, reach, id));
    if (campaign === undefined) throw new LubartError('review.not_found');
    return campaign;
  };
  return {
    'GET /api/v1/reviews': async ({ actor, reach }) => {
      const names = await readNames(deps, actor.organizationId);
      const rows = await database.read(reach, (tx) => listCampaigns(tx, reach));
      return { campaigns: rows.map((row) => campaignView(row, names)) };
    },
    'POST /api/v1/reviews': async ({ actor, reach, body }) => {
      const seals = await keyring.of(actor.organizationId);
      const work = async (tx: Parameters<Parameters<typeof database.act>[1]>[0]) => {
        const { rules } = await readReviewRules(tx, actor.organizationId);
        return startCampaign(
          tx,
          deps,
          seals,
          {
            reason: 'by-hand',
            startedBy: actor.personId,
            doer: doerOf(actor),
            rules: { ...rules, deadlineDays: body.deadlineDays ?? rules.deadlineDays },
          },
          body.dryRun,
        );
      };
      if (body.dryRun) return database.read(reach, work);
      const started = await database.act(reach, async (tx) => {
        // Attack: who lost the right a moment ago has everybody’s rights asked about, and taken where nobody answers.
        await requireEntitledNow(tx, actor, 'review.run', clock.now());
        return work(tx);
      });
      if (started.id === null) throw new LubartError('review.nothing_to_ask');
      return started;
    },
    'GET /api/v1/reviews/waiting': async ({ actor, reach }) => {
      if (!may(actor, 'review.answer')) return { rights: 0, until: null };
      const items = await asked(deps, actor, reach);
      const open = items.filter(({ outcome }) => outcome === null);
      const untils = await database.read(reach, (tx) => listCampaigns(tx, { ...reach, scope: 'all' }));
      const deadlines = untils.filter(({ id }) => open.some(({ campaign_id }) => campaign_id === id));
      const first = deadlines.map(({ deadline_at }) => deadline_at.toISOString()).toSorted()[0] ?? null;
      return { rights: open.length, until: first };
    },
    'GET /api/v1/reviews/mine': async ({ actor, reach }) => {
      const seals = await keyring.of(actor.organizationId);
      const names = await readNames(deps, actor.organizationId);
      const items = await asked(deps, actor, reach);
      const campaigns = await database.read(reach, (tx) => listCampaigns(tx, { ...reach, scope: 'all' }));
      return {
        campaigns: campaigns
          .filter(({ id }) => items.some(({ campaign_id }) => campaign_id === id))
          .toSorted((a, b) => a.deadline_at.getTime() - b.deadline_at.getTime())
          .map(({ id, reason, deadline_at }) => ({
            id,
            reason,
            deadlineAt: deadline_at.toISOString(),
            rights: items
              .filter(({ campaign_id }) => campaign_id === id)
              .map((item) => rightView(item, names, seals, actor.language)),
          })),
      };
    },
    'GET /api/v1/reviews/rules': async ({ actor, reach }) => {
      const { version, rules } = await database.read(reach, (tx) => readReviewRules(tx, actor.organizationId));
      return { version, rules };
    },
    'PUT /api/v1/reviews/rules': async ({ actor, reach, body }) => changeRules(deps, actor, reach, body),
    'GET /api/v1/reviews/:id': async ({ actor, reach, params }) => {
      const seals = await keyring.of(actor.organizationId);
      const names = await readNames(deps, actor.organizationId);
      const campaign = await campaignOf(reach, params.id);
      const { items, house } = await database.read(reach, async (tx) => ({
        items: await listItems(tx, reach, params.id),
        house: await readHouse(tx, actor.organizationId, clock.now()),
      }));
      return {
        campaign: campaignView(campaign, names),
        escalateAt: campaign.escalate_at.toISOString(),
        reviewers: reviewersOf(items, names),
        rights: items.map((item) => rightView(item, names, seals, actor.language)),
        unanswered: fatesOf(items, house, names, actor.language),
      };
    },
    'POST /api/v1/reviews/:id/answers': async ({ actor, reach, params, body }) => ({
      answers: await answerRights(deps, actor, reach, params.id, body.answers),
    }),
    'POST /api/v1/reviews/:id/close': async ({ actor, reach, params }) => {
      const { closed_at: closedAt } = await campaignOf(everything(reach, actor, 'review.run'), params.id);
      if (closedAt !== null) throw new LubartError('review.closed');
      await closeCampaign(deps, actor.organizationId, params.id, actor);
      return campaignView(await campaignOf(reach, params.id), await readNames(deps, actor.organizationId));
    },
    'GET /api/v1/reviews/:id/result': async ({ actor, reach, params }) => {
      const all = everything(reach, actor, 'review.read');
      const names = await readNames(deps, actor.organizationId);
      const campaign = await campaignOf(all, params.id);
      const signed = await signedResult(deps, actor, all, params.id);
      const items = await database.read(all, (tx) => listItems(tx, all, params.id));
      const { organization } = JSON.parse(signed.document) as { organization: { name: string } };
      return {
        campaign: campaignView(campaign, names),
        organization: organization.name,
        rights: items.map((item) => rightView(item, names, signed.seals, actor.language)),
        verification: {
          valid: ed25519Verify(signed.publicKey, Buffer.from(signed.document, 'utf8'), signed.signature),
          keyId: signed.keyId,
          publicKey: signed.publicKey.toString('base64'),
          signature: signed.signature.toString('base64'),
          sha256: sha256(Buffer.from(signed.document, 'utf8')),
          signedAt: signed.signedAt.toISOString(),
        },
      };
    },
    'GET /api/v1/reviews/:id/file': async ({ actor, reach, params }) => {
      const all = everything(reach, actor, 'review.read');
      await campaignOf(all, params.id);
      const signed = await signedResult(deps, actor, all, params.id);
      const text = signedFile(JSON.parse(signed.document), signed);
      await deps.auditLog.recordAlone(doerOf(actor), {
        event: 'review.result_downloaded',
        subjectKind: 'review',
        subjectIds: [params.id],
      });
      return {
        fileName: `lubart-review-${signed.signedAt.toISOString().slice(0, 10)}.json`,
        contentType: 'application/json; charset=utf-8',
        bytes: (async function* () {
          yield Buffer.from(text, 'utf8');
        })(),
      };
    },
  };
}

const asked = ({ database, clock }: ReviewDeps, actor: Actor, reach: Reach) =>
  database.read(reach, async (tx) =>
    listAsked(tx, actor.organizationId, {
      personId: actor.personId,
      places: await placesOf(tx, actor, clock.now()),
      pool: may(actor, 'review.run'),
      now: clock.now(),
    }),
  );

/** A whole campaign, its result included, is for those whose right reaches everybody. @throws access.denied */
function everything(reach: Reach, actor: Actor, permission: 'review.read' | 'review.run'): Reach {
  if (scopeOf(actor, permission) !== 'all') throw new LubartError('access.denied', { details: { permission } });
  return { ...reach, scope: 'all' };
}

/** @throws review.not_found when the campaign is not closed yet */
async function signedResult({ database, keyring }: ReviewDeps, actor: Actor, reach: Reach, campaignId: string) {
  const seals = await keyring.of(actor.organizationId);
  return database.read(reach, async (tx) => {
    const result = await findResult(tx, seals, campaignId);
    if (result === undefined) throw new LubartError('review.not_found');
    const publicKey = await findPublicKey(tx, actor.organizationId, result.keyId);
    return { ...result, publicKey: publicKey!, seals };
  });
}

/** @throws request.invalid, review.rules_conflict, access.denied */
async function changeRules(
  deps: ReviewDeps,
  actor: Actor,
  reach: Reach,
  { version, rules: given }: { version: number; rules: ReviewRules },
) {
  const { organizationId } = actor;
  const rules = { ...given, reminderDays: [...new Set(given.reminderDays)].toSorted((a, b) => b - a) };
  if (rules.escalateDays >= rules.deadlineDays) {
    throw new LubartError('request.invalid', { field: 'rules.escalateDays' });
  }
  const seals = await deps.keyring.of(organizationId);
  await deps.database.act(reach, async (tx) => {
    const now = deps.clock.now();
    // Attack: who lost the right a moment ago has nobody asked any more.
    await requireEntitledNow(tx, actor, 'review.run', now);
    const before = await readReviewRules(tx, organizationId);
    // Another calendar begins with its next period: a change in May starts no campaign for what was due in April.
    const sameCalendar =
      before.rules.calendar === rules.calendar && before.rules.intervalMonths === rules.intervalMonths;
    const calendarFrom = sameCalendar && before.calendarFrom !== null ? before.calendarFrom : now;
    if (!(await writeReviewRules(tx, organizationId, { version, rules, calendarFrom }))) {
      throw new LubartError('review.rules_conflict');
    }
    await deps.auditLog.record(tx, seals, doerOf(actor), {
      event: 'review.rules_changed',
      subjectKind: 'organization',
      subjectIds: [organizationId],
      facts: { before: before.rules, after: rules, period: periodOf(now, rules.intervalMonths) },
    });
  });
  return { version: version + 1, rules };
}

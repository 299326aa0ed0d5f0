/**
 * Follows an import or a revert to its end, and says how it goes. Where a running Lubart works on it, Ctrl-C only stops watching;
 * where it runs here, Ctrl-C stops it after the batch in hand, and what is in stays in until it is resumed or reverted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportViewValue, Language } from '#contract';
import { revertImport, runImport } from '#crm/import-export';
import type { Actor } from '#protections/access';
import type { Context } from './command.ts';
import type { OpenRooms } from './open-rooms.ts';

const watchMillis = 250;
/** Between two lines where no terminal shows one line over and over. */
const lineMillis = 5_000;

const isUnderWay = ({ state }: ImportViewValue) => state === 'running' || state === 'reverting';

/** The import as it is when it ended, or when Ctrl-C came. */
export async function watchImport(
  context: Context,
  rooms: OpenRooms,
  actor: Actor,
  id: string,
): Promise<ImportViewValue> {
  const working = workHere(context, rooms, actor, id);
  let failed: unknown;
  let ended = working === null;
  void working?.then(
    () => (ended = true),
    (error: unknown) => ((failed = error), (ended = true)),
  );
  if (rooms.mode === 'url') await rooms.lubart.startJobs(); // perhaps nobody else runs: then the queue hands it to us
  const progress = openProgress(context);
  for (;;) {
    const view = await rooms.call(actor, 'GET /api/v1/imports/:id', { params: { id } });
    const stopped = context.signal.aborted || failed !== undefined || (working !== null && ended);
    if (!isUnderWay(view) || stopped) {
      await working?.catch(() => {}); // the batch in hand is finished
      progress.end();
      if (failed !== undefined) throw failed;
      return rooms.call(actor, 'GET /api/v1/imports/:id', { params: { id } });
    }
    progress.show(view);
    await sleep(watchMillis, undefined, { signal: context.signal }).catch(() => {});
  }
}

/** Does the job in this process when nobody else works on this database; null when somebody else does it. */
function workHere(context: Context, rooms: OpenRooms, actor: Actor, id: string): Promise<void> | null {
  if (rooms.mode !== 'own') return null;
  const { imports } = rooms.lubart;
  const run = async () => {
    await runImport(imports, actor.organizationId, id, context.signal);
    await revertImport(imports, actor.organizationId, id, context.signal);
  };
  return run();
}

function openProgress({ language, tell, json }: Context) {
  const live = process.stderr.isTTY && !json;
  let lastAt = live ? 0 : performance.now();
  let shown = false;
  return {
    show: (view: ImportViewValue) => {
      const now = performance.now();
      if (live) {
        process.stderr.write(`\r\u001b[K${progressLine(view, language)}`);
        shown = true;
      } else if (now - lastAt >= lineMillis) {
        tell(progressLine(view, language));
        lastAt = now;
      }
    },
    end: () => void (shown && process.stderr.write('\r\u001b[K')),
  };
}

/** “12 400 rows · 43 % · 8 200 rows/s · 12 s left” */
export function progressLine(view: ImportViewValue, language: Language): string {
  const number = (value: number) => value.toLocaleString(language === 'uk' ? 'uk-UA' : 'en-GB');
  const said = { uk: ['рядків', 'рядків/с', 'лишилося', 'повернуто'], en: ['rows', 'rows/s', 'left', 'taken back'] }[
    language
  ];
  if (view.state === 'reverting') return `${said[3]}: ${number(view.revertedRows)}`;
  const parts = [`${number(view.rowsRead)} ${said[0]}`, `${Math.floor(view.progress * 100)} %`];
  if (view.rowsPerSecond !== null) parts.push(`${number(view.rowsPerSecond)} ${said[1]}`);
  if (view.remainingSeconds !== null) parts.push(`${duration(view.remainingSeconds, language)} ${said[2]}`);
  return parts.join(' · ');
}

function duration(seconds: number, language: Language): string {
  const [minute, second] = { uk: ['хв', 'с'], en: ['min', 's'] }[language] as [string, string];
  return seconds < 90 ? `${seconds} ${second}` : `${Math.round(seconds / 60)} ${minute}`;
}

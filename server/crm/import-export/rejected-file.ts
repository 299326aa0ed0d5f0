/** The rows that were not taken, as a CSV file that can be mended and imported again: the reason stands beside each. */
import type { Language } from '#contract';
import { words } from '#contract';
import type { Reach } from '#database';
import type { FileAnswer } from '#http';
import { inWords } from '#http';
import type { ImportDeps } from './import-deps.ts';
import type { Import } from './import-store.ts';
import { readRejections } from './batch-store.ts';
import { writeCsv } from './spreadsheet/index.ts';

const rowsPerRead = 1_000;
const heading = { uk: ['Рядок', 'Причина'], en: ['Line', 'Reason'] } as const;

export function rejectedFile(deps: ImportDeps, reach: Reach, found: Import, language: Language): FileAnswer {
  const rows = async function* (): AsyncGenerator<string[]> {
    yield [...heading[language], ...columnWords(found, language)];
    let after = -1;
    for (;;) {
      const rejections = await deps.database.read(reach, (tx) =>
        readRejections(tx, reach.organizationId, found, after, rowsPerRead),
      );
      for (const { line, cells, problems } of rejections) {
        const reasons = problems.map(
          ({ field, code }) => `${fieldWords(found, field, language)}${inWords({ code }, language)}`,
        );
        yield [String(line), reasons.join(' · '), ...cells];
      }
      if (rejections.length < rowsPerRead) return;
      after = rejections.at(-1)!.line;
    }
  };
  return { fileName: 'rejected.csv', contentType: 'text/csv; charset=utf-8', bytes: writeCsv(rows()) };
}

/** Headings by which the next import knows the mapped columns again. */
function columnWords(found: Import, language: Language): string[] {
  const mapping = found.secret.plan?.mapping ?? {};
  const width = Math.max(0, ...Object.keys(mapping).map((index) => Number(index) + 1));
  const labels = labelsOf(found, language);
  return Array.from({ length: width }, (_, at) => labels[mapping[String(at)] ?? ''] ?? '');
}

function fieldWords(found: Import, field: string | null, language: Language): string {
  const label = labelsOf(found, language)[field?.split('.')[0] ?? ''];
  return label === undefined ? '' : `${label}: `;
}

function labelsOf(found: Import, language: Language): Record<string, string> {
  const said = words[language];
  const own = found.kind === 'contacts' ? said.contactFields : said.companyFields;
  return { ...said.importFields, ...own };
}

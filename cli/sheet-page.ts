/** A sheet of the recovery kit as a page to print: one sheet, large letters, no script, nothing loaded from anywhere. */
import type { Language } from '#contract';

type Sheet = { title: string; about: string; lines: readonly string[] };

const advice: Record<Language, readonly string[]> = {
  uk: [
    'Надрукуйте, покладіть у конверт і в сейф, ніколи не разом із резервними копіями. Файл після друку видаліть.',
    'Щоб повернути ключ: lubart keys recover, тоді введіть рядки з аркушів. Останні два знаки рядка ловлять описки.',
    'Після заміни головного ключа цей аркуш застаріє: зробіть новий, а цей знищте.',
  ],
  en: [
    'Print it, put it in an envelope and a safe, never beside the backups. Delete the file after printing.',
    'To bring the key back: lubart keys recover, then type the lines. The last two characters of a line catch typing errors.',
    'When the root key is replaced this sheet is old: make a new one and destroy this.',
  ],
};

export function sheetPage({ title, about, lines }: Sheet, language: Language): string {
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  @page { size: A4; margin: 20mm }
  body { font: 12pt/1.5 system-ui, sans-serif; max-width: 170mm; margin: 20mm auto; padding: 0 4mm; color: #000; background: #fff }
  h1 { font-size: 16pt; margin: 0 0 2mm }
  pre { font: 600 min(15pt, 4vw)/2 ui-monospace, monospace; border: 1px solid #000; padding: 4mm 6mm; overflow-x: auto }
  li { margin-bottom: 2mm }
</style>
<h1>${title}</h1>
<p><strong>${about}</strong></p>
<pre>${lines.join('\n')}</pre>
<ul>${advice[language].map((line) => `<li>${line}</li>`).join('')}</ul>
</html>
`;
}

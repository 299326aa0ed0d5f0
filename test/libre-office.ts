/**
 * Opens a table under a password in LibreOffice, with nobody at the screen: `--convert-to` has no way to give a password, so LibreOffice
 * is asked through a pipe (UNO) to open the file and to write its first sheet as CSV. Its profile is gone afterwards.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeTestFolder } from './harness.ts';

/** The Python of the system: the one that python3-uno is installed for. */
const python = '/usr/bin/python3';

/** Why a test cannot ask LibreOffice; false when it can. */
export function libreOfficeMissing(): string | false {
  if (spawnSync('soffice', ['--version']).status !== 0)
    return 'the program soffice is not installed (Debian: apt install libreoffice-calc)';
  if (spawnSync(python, ['-c', 'import uno']).status !== 0)
    return 'LibreOffice cannot be asked without the package python3-uno (Debian: apt install python3-uno)';
  return false;
}

/** Without an interaction handler nobody is asked: what the password does not open is no document. 76 is UTF-8. */
const asking = `
import sys, time, uno
from com.sun.star.beans import PropertyValue
pipe, file, csv = sys.argv[1:4]
password = sys.stdin.read()
given = lambda name, value: PropertyValue(name, 0, value, 0)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for at in range(600):
    try:
        office = resolver.resolve("uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.1)
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
try:
    book = desktop.loadComponentFromURL(file, "_blank", 0, (given("Hidden", True), given("Password", password)))
except Exception as refused:
    print("refused:", refused, file=sys.stderr)
    book = None
if book is not None:
    book.storeToURL(csv, (given("FilterName", "Text - txt - csv (StarCalc)"), given("FilterOptions", "44,34,76")))
    book.close(True)
print("asked")
try:
    desktop.terminate()
except Exception:
    pass
`;

/** The first sheet as CSV; null when LibreOffice does not open the file by this password. @throws Error when it could not be asked */
export async function openInLibreOffice(bytes: Uint8Array, password: string): Promise<string | null> {
  const folder = makeTestFolder();
  const at = (name: string) => join(folder.path, name);
  const url = (name: string) => pathToFileURL(at(name)).href;
  const pipe = `lubart${randomBytes(6).toString('hex')}`;
  writeFileSync(at('clients.xlsx'), bytes);
  const profile = `-env:UserInstallation=${url('profile')}`;
  const options = ['--headless', '--norestore', '--nologo', `--accept=pipe,name=${pipe};urp;`];
  // In a group of its own: soffice is a script that starts the program, and both are to end.
  const office = spawn('soffice', [profile, ...options], { stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => office.once('exit', resolve));
  try {
    const arguments_ = ['-c', asking, pipe, url('clients.xlsx'), url('clients.csv')];
    const asked = spawnSync(python, arguments_, { input: password, encoding: 'utf8', timeout: 120_000 });
    if (!asked.stdout.includes('asked')) throw new Error(`LibreOffice could not be asked: ${asked.stderr}`);
    return existsSync(at('clients.csv')) ? readFileSync(at('clients.csv'), 'utf8') : null;
  } finally {
    try {
      process.kill(-office.pid!, 'SIGKILL');
    } catch {
      // it ended by itself
    }
    await ended;
    folder.remove();
  }
}

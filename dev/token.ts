/** `npm run token`: an access token of the local issuer. */
import { randomUUID } from 'node:crypto';
import { readOptions, runCommand, type Terminal, wholeNumber } from '../local/src/command-line/index.ts';
import { loadSigningKey } from './issuer/signing-key.ts';
import { issueToken } from './issuer/token.ts';
import { localRun } from './settings.ts';
import { readStaff, staffOptions } from './staff-options.ts';

const help = `npm run token -- --user ana --hotel grand --departments front-desk,housekeeping

Prints a token of the local issuer, and nothing else.

  --user ID              who it is for
  --hotel ID             the user's hotel
  --departments A,B      the user's departments; '' for none
  --name TEXT            the user's name, as colleagues see it
  --role manager         may read and write in every department of the hotel
  --expires SECONDS      from now, ${localRun.tokenSeconds} unless said; below -30 for a token that is refused as expired
  --data DIR             data folder with the issuer's key, ${localRun.dataDirectory} unless said`;

/** The authorizer refuses tokens that are good for longer. */
const day = 24 * 60 * 60;

async function token(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readOptions(argv, { ...staffOptions, expires: 'value', data: 'value', help: 'flag' });
  if (options.has('help')) {
    terminal.print(help);
    return 0;
  }
  const staff = readStaff(options);
  const expiresIn = wholeNumber(options.value('expires') ?? `${localRun.tokenSeconds}`, 'expires', -day, day);
  if (staff.role !== undefined && staff.role !== 'manager') {
    terminal.note(`The role "${staff.role}" gives no rights; only "manager" does.`);
  }
  const key = await loadSigningKey(options.value('data') ?? localRun.dataDirectory);
  terminal.print(await issueToken(staff, { key, now: Date.now(), expiresIn, id: randomUUID() }));
  return 0;
}

await runCommand(token, process.argv.slice(2));

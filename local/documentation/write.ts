/** `npm run docs`: writes what `docs/local.md` takes from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withResourceTables } from './resource-tables.ts';

const document = new URL('../../docs/local.md', import.meta.url);

writeFileSync(document, withResourceTables(readFileSync(document, 'utf8')));

/** `npm run docs`: writes what `local/README.md` takes from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withResourceTables } from './resource-tables.ts';

const document = new URL('../../README.md', import.meta.url);

writeFileSync(document, withResourceTables(readFileSync(document, 'utf8')));

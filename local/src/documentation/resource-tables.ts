import { notRunTypes, runTypes } from '../assembly/resource-types.ts';

const begin = '<!-- resource types: npm run docs writes what stands until the end mark -->';
const end = '<!-- end of resource types -->';

/** The document with its tables of resource types as they are today. Throws when it has no place for them. */
export function withResourceTables(document: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`The document has no place that begins with "${begin}".`);
  return `${document.slice(0, from)}${begin}\n\n${resourceTables()}\n\n${document.slice(to)}`;
}

function resourceTables(): string {
  const rows = Object.entries(runTypes).map(
    ([type, { read, harmless }]) =>
      `| ${code(type)} | ${read.map(code).join(', ')} | ${harmless.map(code).join(', ')} |`,
  );
  return [
    '| type | properties that are honoured | properties without effect here |',
    '|---|---|---|',
    ...rows,
    '',
    `Understood, and does nothing here: ${notRunTypes.map(nameOf).join(', ')}.`,
  ].join('\n');
}

/** A whole service ends in `::`. */
function nameOf(type: string): string {
  return code(type.endsWith('::') ? `${type}*` : type);
}

function code(text: string): string {
  return `\`${text}\``;
}

import * as v from 'valibot';
import { parseJson } from '../../protocol/codec.ts';
import { looksLikeOrigin } from './origin.ts';

/** What the authorizer logs of a page that may not connect: the origin, or several with commas between. */
const refusal = v.object({ event: v.literal('refused'), origin: v.string() });

/** Pages that are remembered as told of: whoever invents origins must not fill the memory. */
const mostTold = 100;

/**
 * What to say when a page was refused for its origin: a browser shows its developer no more than a failed connection. Once
 * for each origin; undefined for every other line of a function.
 */
export function originHints(): (line: string) => string | undefined {
  const told = new Set<string>();
  return (line) => {
    if (!line.startsWith('{') || !line.includes('"refused"')) return undefined;
    const found = v.safeParse(refusal, parseJson(line));
    if (!found.success || told.has(found.output.origin) || told.size >= mostTold) return undefined;
    const { origin } = found.output;
    told.add(origin);
    return looksLikeOrigin(origin)
      ? `A page of ${origin} may not connect; npm start -- --origin ${origin} lets it.`
      : `A page of the origin "${origin}" may not connect; serve it over http, and name its origin with --origin.`;
  };
}

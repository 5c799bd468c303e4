import * as v from 'valibot';
import { idPattern } from './id-pattern.ts';
import { limits } from './limits.ts';
import { withLineFeeds } from './text.ts';

/** An id of the wire. */
export const id = v.pipe(
  v.string('must be a string'),
  v.regex(
    idPattern,
    `must be an id: 1 to ${limits.idUnits} of A-Z a-z 0-9 . _ : @ + = / | ~ -, not starting with one of . : @ = / | ~`,
  ),
);

/** Control characters other than tab and newline. */
const controlCharacter = /[^\P{Cc}\t\n]/u;

const wellFormed = v.check(
  (text: string) => text.isWellFormed() && !controlCharacter.test(text),
  'must be well-formed Unicode without control characters other than tab and newline',
);

const shortText = (units: number) =>
  v.pipe(
    v.string('must be a string'),
    v.minLength(1, `must have 1 to ${units} characters`),
    v.maxLength(units, `must have 1 to ${units} characters`),
    wellFormed,
  );

/** A name or a channel. */
export const freeText = shortText(limits.freeTextUnits);

/** Where an answer to a guest goes, such as a phone number. */
export const address = shortText(limits.addressUnits);

/** The text of a message that staff write. Whatever ends its lines becomes `\n`; all else is as the text then stands. */
export const messageText = v.pipe(
  v.string('must be a string'),
  v.transform(withLineFeeds),
  v.maxLength(limits.textUnits, `must have 1 to ${limits.textUnits} characters`),
  v.check((text) => text.trim() !== '', 'must hold more than white space'),
  wellFormed,
);

/** A position in a conversation's log; 0 is before the first entry. */
export const position = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must not be negative'),
);

/** The number of an entry: 1, 2, 3 … */
export const seq = v.pipe(position, v.minValue(1, 'must be 1 or more'));

/** The times of the wire: ISO 8601 in UTC with milliseconds. */
export const instant = v.pipe(
  v.string('must be a string'),
  v.check(
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && isOnCalendar(text),
    'must be a time in UTC with milliseconds, such as 2026-11-23T09:30:00.000Z',
  ),
);

const notOfUpstream =
  'must be an ISO 8601 time with a zone, such as 2026-11-23T09:30:00Z, or a Unix time of 10 digits (seconds) or 13 (milliseconds)';

/**
 * A time as upstream may write it: ISO 8601 with seconds and a zone, whose colon may be missing, or a Unix time in a number
 * or a text, of 10 digits for seconds and 13 for milliseconds. Becomes an `instant`.
 */
export const upstreamInstant = v.pipe(
  v.union([v.string(), v.number()], notOfUpstream),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const time = unixTime(String(dataset.value)) ?? isoTime(String(dataset.value));
    if (time !== undefined) return time.toISOString();
    addIssue({ message: notOfUpstream });
    return NEVER;
  }),
);

/** From 2001 to 2286: with a leading zero it would be no time but a placeholder. */
function unixTime(digits: string): Date | undefined {
  if (/^[1-9]\d{9}$/.test(digits)) return new Date(Number(digits) * 1000);
  return /^[1-9]\d{12}$/.test(digits) ? new Date(Number(digits)) : undefined;
}

function isoTime(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  // Without the colon it is no format that JavaScript must read.
  const withColon = text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  return isOnCalendar(withColon) && hasFourDigitYear(withColon) ? new Date(withColon) : undefined;
}

/** Whether date and time of day exist: JavaScript takes the 30th of February for the 2nd of March. */
function isOnCalendar(text: string): boolean {
  const written = text.slice(0, '2026-11-23T09:30:00'.length);
  const asUtc = new Date(`${written}Z`);
  return !Number.isNaN(asUtc.getTime()) && asUtc.toISOString().startsWith(written);
}

/** Whether a text is a time whose year has four digits in UTC too: 9999 may become 10000 on the way there. */
function hasFourDigitYear(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 0 && year <= 9999;
}

/** An object of which other fields are ignored. */
export const openObject = <const Fields extends v.ObjectEntries>(fields: Fields) =>
  v.object(fields, fieldMessage);

/** The message of an object schema; the library's own would show what was there instead. */
export function fieldMessage({ expected }: v.ObjectIssue | v.StrictObjectIssue): string {
  if (expected === 'never') return 'unknown field';
  return expected === 'Object' ? 'must be an object' : 'must be there';
}

/** A whole number from `least` to `most`. */
export const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.number('must be a number'),
    v.safeInteger('must be a whole number'),
    v.minValue(least, `must be ${least} to ${most}`),
    v.maxValue(most, `must be ${least} to ${most}`),
  );

/**
 * A JSON object used as a map. It becomes a Map, because `__proto__` and `constructor` are valid ids and must be
 * plain keys.
 */
export const mapOf = <Value extends v.GenericSchema>(value: Value, most: number) =>
  v.pipe(
    v.custom<Readonly<Record<string, v.InferInput<Value>>>>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      'must be an object',
    ),
    v.transform((input) => Object.entries(input)),
    v.maxLength(most, `must have at most ${most} keys`),
    v.array(v.tuple([id, value])),
    v.transform((entries) => new Map(entries)),
  );

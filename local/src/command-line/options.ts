import { parseArgs } from 'node:util';
import { UsageError } from './command.ts';

/** `flag` stands alone, `value` is followed by one, `values` may be repeated. A one-letter name is written `-x`. */
export type OptionKind = 'flag' | 'value' | 'values';

export type OptionKinds = Readonly<Record<string, OptionKind>>;

/** The options of a command line, by the names that the command knows. */
export interface Options<Name extends string> {
  has(name: Name): boolean;
  value(name: Name): string | undefined;
  values(name: Name): readonly string[];
}

/** Reads a command line. @throws UsageError for whatever `kinds` does not know. */
export function readOptions<const Kinds extends OptionKinds>(
  argv: readonly string[],
  kinds: Kinds,
): Options<keyof Kinds & string> {
  const given = new Map<string, string[]>();
  for (const option of tokens(argv, kinds)) {
    if (option.kind !== 'option') {
      const text = option.kind === 'positional' ? option.value : '--';
      throw new UsageError(`"${text}" belongs to no option; there are ${listed(kinds)}.`);
    }
    const kind = Object.hasOwn(kinds, option.name) ? kinds[option.name] : undefined;
    if (kind === undefined || option.rawName !== spelled(option.name)) {
      throw new UsageError(`There is no option ${option.rawName}; there are ${listed(kinds)}.`);
    }
    const earlier = given.get(option.name);
    if (earlier !== undefined && kind !== 'values') {
      throw new UsageError(`${option.rawName} is given twice; once is enough.`);
    }
    given.set(option.name, [...(earlier ?? []), valueOf(option, kind)]);
  }
  return {
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.[0],
    values: (name) => given.get(name) ?? [],
  };
}

/** A value that the command cannot do without. */
export function required(value: string | undefined, option: string, example: string): string {
  if (value === undefined || value === '') {
    throw new UsageError(`--${option} is missing; for example --${option} ${example}.`);
  }
  return value;
}

/** A whole number in decimal, from `least` to `most`. */
export function wholeNumber(text: string, option: string, least: number, most: number): number {
  const number = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new UsageError(`--${option} must be a whole number from ${least} to ${most}, not "${text}".`);
  }
  return number;
}

/** An option that is followed by `KEY=VALUE`, such as `-c stage=try`. */
export function keyAndValue(text: string, option: string, example: string): [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new UsageError(`${option} must be followed by KEY=VALUE such as ${example}, not "${text}".`);
  }
  return [key, value];
}

function tokens(argv: readonly string[], kinds: OptionKinds) {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      {
        type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(name.length === 1 ? { short: name } : {}),
      },
    ]),
  );
  // Not strict: the sentences of parseArgs name no alternatives, and its errors are not for reading.
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function valueOf(
  option: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
  kind: OptionKind,
): string {
  if (kind === 'flag') {
    if (option.value !== undefined) throw new UsageError(`${option.rawName} takes no value.`);
    return '';
  }
  // `--user --hotel grand` forgot a value; one that does start with dashes is written `--user=--x`.
  if (option.value === undefined || (option.value.startsWith('--') && option.inlineValue !== true)) {
    throw new UsageError(`${option.rawName} needs a value.`);
  }
  return option.value;
}

function spelled(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

function listed(kinds: OptionKinds): string {
  return Object.keys(kinds).map(spelled).join(', ');
}

import { fieldsOf } from '../history/frames.ts';
import type { Item } from './items.ts';

/*
 * As much of DynamoDB's expressions as the adapters use, and not a word more: whatever else is written throws, so
 * that a new expression is not silently taken for another. Each text is parsed once.
 */

export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

type Clause = (item: Partial<Item> | undefined, placeholders: Placeholders) => boolean;
type Update = (item: Item, placeholders: Placeholders) => Item;

/**
 * A condition: `attribute_exists`, `attribute_not_exists`, `contains` of a set of texts, `size(…) <` and `=`, joined by
 * AND; one of them may be several in parentheses, joined by OR.
 */
export function holds(
  expression: string | undefined,
  placeholders: Placeholders,
  item: Partial<Item> | undefined,
): boolean {
  return expression === undefined || conditionOf(expression).every((clause) => clause(item, placeholders));
}

const conditionOf = once((expression) => expression.split(' AND ').map(clauseOf));

function clauseOf(clause: string): Clause {
  const alternatives = /^\((.+ OR .+)\)$/.exec(clause)?.[1];
  if (alternatives !== undefined) {
    const clauses = alternatives.split(' OR ').map(clauseOf);
    return (item, placeholders) => clauses.some((each) => each(item, placeholders));
  }
  const membership = /^contains\((\S+), (:\S+)\)$/.exec(clause);
  if (membership) {
    const [, name = '', value = ''] = membership;
    return (item, placeholders) => textsOf(item?.[name]).includes(placeholder(value, placeholders));
  }
  const size = /^size\((\S+)\) < (:\S+)$/.exec(clause);
  if (size) {
    const [, name = '', value = ''] = size;
    return (item, placeholders) => textsOf(item?.[name]).length < Number(placeholder(value, placeholders));
  }
  const existence = /^attribute_(not_)?exists\((\S+)\)$/.exec(clause);
  if (existence) {
    const [, not, name = ''] = existence;
    return (item, placeholders) =>
      (valueAt(pathOf(name, placeholders), item) === undefined) === (not !== undefined);
  }
  const equality = /^(\S+) = (:\S+)$/.exec(clause);
  if (!equality) throw new Error(`the simulated table does not know the condition ${clause}`);
  const [, name = '', value = ''] = equality;
  return (item, placeholders) =>
    valueAt(pathOf(name, placeholders), item) === placeholder(value, placeholders);
}

/** An update: `SET a = :a, …`, or `ADD` and `DELETE` of a set of texts. */
export function updated(expression: string, placeholders: Placeholders, item: Item): Item {
  return updateOf(expression)(item, placeholders);
}

const updateOf = once((expression): Update => {
  const [verb, rest] = splitAt(expression, ' ');
  if (verb === 'SET') return setting(rest.split(', ').map((each) => splitAt(each, ' = ')));
  if (verb !== 'ADD' && verb !== 'DELETE') {
    throw new Error(`the simulated table does not know the update ${expression}`);
  }
  const [name, value] = splitAt(rest, ' ');
  return (item, placeholders) => {
    const given = textsOf(placeholder(value, placeholders));
    const before = textsOf(item[name]);
    if (verb === 'ADD') return { ...item, [name]: new Set([...before, ...given]) };
    const left = before.filter((each) => !given.includes(each));
    // A set that lost its last element is no attribute any more.
    return { ...item, [name]: left.length === 0 ? undefined : new Set(left) };
  };
});

function setting(sets: readonly (readonly [string, string])[]): Update {
  return (item, placeholders) => {
    const changed: Record<string, unknown> & Item = { ...item };
    for (const [name, value] of sets) {
      const [first = '', inside] = pathOf(name, placeholders);
      const given = placeholder(value, placeholders);
      changed[first] = inside === undefined ? given : { ...fieldsOf(changed[first]), [inside]: given };
    }
    return changed;
  };
}

/** What a query asks for: a partition, and which of its sort keys. */
export interface KeyRange {
  readonly partition: string;
  /** Undefined: from the first, to the last. */
  readonly least?: string;
  readonly most?: string;
  /** Below this one. */
  readonly below?: string;
}

/** `pk = :pk`, alone or with `sk BETWEEN :from AND :to` or `sk < :after`. */
export function keyRange(expression: string, placeholders: Placeholders): KeyRange {
  const text = (value: string) => String(placeholder(value, placeholders));
  const { partition, from, to, below } = keyConditionOf(expression);
  return {
    partition: text(partition),
    ...(from === undefined ? {} : { least: text(from) }),
    ...(to === undefined ? {} : { most: text(to) }),
    ...(below === undefined ? {} : { below: text(below) }),
  };
}

const keyConditionOf = once((expression) => {
  const parsed = /^\S+ = (:\S+)(?: AND \S+ (?:BETWEEN (:\S+) AND (:\S+)|< (:\S+)))?$/.exec(expression);
  if (!parsed) throw new Error(`the simulated table does not know the key condition ${expression}`);
  const [, partition = '', from, to, below] = parsed;
  return { partition, from, to, below };
});

/** What is made of a text, remembered: there are a few dozen texts, and each is asked for by the thousand. */
function once<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    known.set(text, made);
    return made;
  };
}

/** An attribute, or one in a map: `#guest.#name`. */
function pathOf(path: string, { ExpressionAttributeNames: names }: Placeholders): string[] {
  const steps = path.split('.').map((name) => (name.startsWith('#') ? (names?.[name] ?? name) : name));
  if (steps.length > 2) throw new Error(`the simulated table does not know the path ${path}`);
  return steps;
}

function valueAt(path: readonly string[], item: unknown): unknown {
  return path.reduce<unknown>((value, step) => fieldsOf(value)[step], item);
}

function placeholder(value: string, { ExpressionAttributeValues: values }: Placeholders): unknown {
  if (values === undefined || !(value in values)) throw new Error(`no value for ${value}`);
  return values[value];
}

function textsOf(value: unknown): unknown[] {
  return value instanceof Set ? [...value] : [];
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

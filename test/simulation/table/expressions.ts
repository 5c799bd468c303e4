import type { Item } from './items.ts';

/*
 * As much of DynamoDB's expressions as the adapters use, and not a word more: whatever else is written throws, so
 * that a new expression is not silently taken for another.
 */

export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

type Clause = (item: Partial<Item> | undefined) => boolean;

/** A condition: `attribute_exists`, `attribute_not_exists` and `=`, joined by AND. */
export function holds(
  expression: string | undefined,
  placeholders: Placeholders,
  item: Partial<Item> | undefined,
): boolean {
  if (expression === undefined) return true;
  return expression.split(' AND ').every((clause) => clauseOf(clause, placeholders)(item));
}

function clauseOf(clause: string, placeholders: Placeholders): Clause {
  const existence = /^attribute_(not_)?exists\((\S+)\)$/.exec(clause);
  if (existence) {
    const [, not, name = ''] = existence;
    return (item) => (valueOf(item, nameOf(name, placeholders)) === undefined) === (not !== undefined);
  }
  const equality = /^(\S+) = (:\S+)$/.exec(clause);
  if (!equality) throw new Error(`the simulated table does not know the condition ${clause}`);
  const [, name = '', value = ''] = equality;
  return (item) => valueOf(item, nameOf(name, placeholders)) === placeholder(value, placeholders);
}

/** An update: `SET a = :a, …`, or `ADD` and `DELETE` of a set of texts. */
export function updated(expression: string, placeholders: Placeholders, item: Item): Item {
  const [verb, rest] = splitAt(expression, ' ');
  if (verb === 'SET') {
    const sets = rest.split(', ').map((each) => each.split(' = '));
    return {
      ...item,
      ...Object.fromEntries(
        sets.map(([name = '', value = '']) => [nameOf(name, placeholders), placeholder(value, placeholders)]),
      ),
    };
  }
  const [name, value] = splitAt(rest, ' ');
  const given = textsOf(placeholder(value, placeholders));
  const before = textsOf(valueOf(item, name));
  if (verb === 'ADD') return { ...item, [name]: new Set([...before, ...given]) };
  if (verb !== 'DELETE') throw new Error(`the simulated table does not know the update ${expression}`);
  const left = before.filter((each) => !given.includes(each));
  // A set that lost its last element is no attribute any more.
  return { ...item, [name]: left.length === 0 ? undefined : new Set(left) };
}

/** What a query asks for: a partition, and which of its sort keys. */
export interface KeyRange {
  readonly partition: string;
  readonly includes: (sortKey: string) => boolean;
}

/** `pk = :pk`, alone or with `sk BETWEEN :from AND :to` or `sk < :after`. */
export function keyRange(expression: string, placeholders: Placeholders): KeyRange {
  const text = (value: string) => String(placeholder(value, placeholders));
  const parsed = /^\S+ = (:\S+)(?: AND \S+ (?:BETWEEN (:\S+) AND (:\S+)|< (:\S+)))?$/.exec(expression);
  if (!parsed) throw new Error(`the simulated table does not know the key condition ${expression}`);
  const [, partition = '', from, to, below] = parsed;
  if (from !== undefined && to !== undefined) {
    const [least, most] = [text(from), text(to)];
    return { partition: text(partition), includes: (key) => key >= least && key <= most };
  }
  if (below === undefined) return { partition: text(partition), includes: () => true };
  const limit = text(below);
  return { partition: text(partition), includes: (key) => key < limit };
}

function nameOf(name: string, { ExpressionAttributeNames: names }: Placeholders): string {
  return name.startsWith('#') ? (names?.[name] ?? name) : name;
}

function placeholder(value: string, { ExpressionAttributeValues: values }: Placeholders): unknown {
  if (values === undefined || !(value in values)) throw new Error(`no value for ${value}`);
  return values[value];
}

function valueOf(item: Partial<Item> | undefined, name: string): unknown {
  return item?.[name];
}

function textsOf(value: unknown): unknown[] {
  return value instanceof Set ? [...value] : [];
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

import { BlockList, isIP } from 'node:net';
import { literalPattern, matches, wildcardPattern, type Pattern, type Variables } from './patterns.ts';

/** Whether a value of the request is what the policy names; undefined when the two cannot be compared. */
type Test = (given: string, expected: string, variables: Variables | undefined) => boolean | undefined;

/** An operator without its `ForAllValues:` or `ForAnyValue:` before and its `IfExists` behind. */
export interface ConditionOperator {
  readonly test: Test;
  /** It holds when no value of the policy is met, rather than when one is. */
  readonly negated: boolean;
}

/** Of any capitals; undefined for a name that IAM does not know. `Null` asks for no value and is none of them. */
export function conditionOperator(name: string): ConditionOperator | undefined {
  return operators.get(name.toLowerCase());
}

const equals: Test = (given, expected, variables) => met(literalPattern(expected, variables), given);
const equalsIgnoringCase: Test = (given, expected, variables) =>
  equals(given.toLowerCase(), expected.toLowerCase(), variables && folded(variables));
const like: Test = (given, expected, variables) => met(wildcardPattern(expected, variables), given);

function met(pattern: Pattern | undefined, given: string): boolean | undefined {
  return pattern && matches(pattern, given);
}

function folded(variables: Variables): Variables {
  return (name) => variables(name)?.toLowerCase();
}

const bool: Test = (given, expected, variables) =>
  isBool(given) ? equalsIgnoringCase(given, expected, variables) : undefined;

function isBool(text: string): boolean {
  return /^(true|false)$/i.test(text);
}

/** Each of the six parts that colons separate is compared by itself; the last one may hold colons. */
const arn: Test = (given, expected, variables) => {
  const [givenParts, expectedParts] = [arnParts(given), arnParts(expected)];
  if (givenParts === undefined || expectedParts === undefined) return undefined;
  const parts = expectedParts.map((part, index) => like(givenParts[index] ?? '', part, variables));
  return parts.includes(undefined) ? undefined : parts.every(Boolean);
};

function arnParts(text: string): readonly string[] | undefined {
  const [, ...parts] = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text) ?? [];
  return parts.length === 0 ? undefined : parts;
}

function numeric(compare: (given: number, expected: number) => boolean): Test {
  return compared(numberOf, compare);
}

function date(compare: (given: number, expected: number) => boolean): Test {
  return compared(secondsOf, compare);
}

function compared(
  read: (text: string) => number | undefined,
  compare: (given: number, expected: number) => boolean,
): Test {
  return (given, expected) => {
    const [left, right] = [read(given), read(expected)];
    return left === undefined || right === undefined ? undefined : compare(left, right);
  };
}

function numberOf(text: string): number | undefined {
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Since the epoch, of a text of ISO 8601 or of a number that is that already. */
function secondsOf(text: string): number | undefined {
  const seconds = numberOf(text) ?? Date.parse(text) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

const address: Test = (given, expected) => {
  const [network = '', prefix] = expected.split('/');
  const [givenFamily, family] = [familyOf(given), familyOf(network)];
  if (givenFamily === undefined || family === undefined) return undefined;
  const longest = family === 'ipv4' ? 32 : 128;
  const length = numberOf(prefix ?? String(longest)) ?? Infinity;
  if (length > longest) return undefined;
  if (givenFamily !== family) return false;
  const block = new BlockList();
  block.addSubnet(network, length, family);
  return block.check(given, family);
};

function familyOf(text: string): 'ipv4' | 'ipv6' | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(text)];
}

/** Source: "IAM JSON policy elements: Condition operators", IAM user guide. */
const positive: Readonly<Record<string, Test>> = {
  ArnEquals: arn,
  ArnLike: arn,
  BinaryEquals: (given, expected) => given === expected,
  Bool: bool,
  DateEquals: date((given, expected) => given === expected),
  DateGreaterThan: date((given, expected) => given > expected),
  DateGreaterThanEquals: date((given, expected) => given >= expected),
  DateLessThan: date((given, expected) => given < expected),
  DateLessThanEquals: date((given, expected) => given <= expected),
  IpAddress: address,
  NumericEquals: numeric((given, expected) => given === expected),
  NumericGreaterThan: numeric((given, expected) => given > expected),
  NumericGreaterThanEquals: numeric((given, expected) => given >= expected),
  NumericLessThan: numeric((given, expected) => given < expected),
  NumericLessThanEquals: numeric((given, expected) => given <= expected),
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: like,
};

/** The negated ones, by the operator that they turn round. */
const negations: Readonly<Record<string, string>> = {
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
};

const operators = new Map<string, ConditionOperator>();
for (const [name, test] of Object.entries(positive))
  operators.set(name.toLowerCase(), { test, negated: false });
for (const [name, turned] of Object.entries(negations)) {
  const test = positive[turned];
  if (test !== undefined) operators.set(name.toLowerCase(), { test, negated: true });
}

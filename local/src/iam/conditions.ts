import type { ConditionValue } from '../authorization.ts';
import { isRecord } from '../json.ts';
import { conditionOperator } from './condition-operators.ts';
import type { Variables } from './patterns.ts';

/** Looks up condition keys, whose capitals do not matter. Undefined when the request has no value for a key. */
export type ContextLookup = (key: string) => ConditionValue | undefined;

/**
 * Whether every key of every operator holds.
 *
 * An operator that IAM does not know holds for nothing; a policy with one is refused at the start.
 *
 * @param variables is absent where the policy's version has none.
 */
export function conditionsHold(
  condition: unknown,
  lookup: ContextLookup,
  variables: Variables | undefined,
): boolean {
  if (!isRecord(condition)) return condition === undefined;
  return Object.entries(condition).every(
    ([name, keys]) =>
      isRecord(keys) &&
      Object.entries(keys).every(([key, values]) =>
        holds(name, lookup(key), [values].flat().map(String), variables),
      ),
  );
}

/** Whether IAM knows the operator, with what stands before and behind its name. */
export function isConditionOperator(name: string): boolean {
  const [, , base = ''] = operatorName.exec(name) ?? [];
  return base.toLowerCase() === 'null' || conditionOperator(base) !== undefined;
}

const operatorName = /^(?:(forallvalues|foranyvalue):)?(.+?)(ifexists)?$/i;

/** Source: "Single-valued vs. multivalued context keys", IAM user guide. */
function holds(
  name: string,
  found: ConditionValue | undefined,
  expected: readonly string[],
  variables: Variables | undefined,
): boolean {
  const [, set, base = '', ifExists] = operatorName.exec(name) ?? [];
  // A list without values is as good as none.
  const given = found === undefined ? [] : [found].flat();
  const isMissing = given.length === 0;
  if (base.toLowerCase() === 'null')
    return expected.some((value) => value.toLowerCase() === String(isMissing));
  const operator = conditionOperator(base);
  if (operator === undefined) return false;
  const { test, negated } = operator;
  if (isMissing && ifExists !== undefined) return true;
  const meets = (value: string): boolean =>
    negated
      ? expected.every((one) => test(value, one, variables) === false)
      : expected.some((one) => test(value, one, variables) === true);
  if (set?.toLowerCase() === 'forallvalues') return given.every(meets);
  if (set !== undefined) return given.some(meets);
  if (isMissing) return negated;
  // A key of several values needs to be told whether one or all of them count.
  return typeof found === 'string' && meets(found);
}

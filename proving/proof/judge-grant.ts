import type { Grant } from '../../test/end-to-end/support/rights.ts';
import type { Play, PlayedStep } from '../../test/end-to-end/support/scenario/play.ts';

/** What came of taking a grant away. */
export interface Judged {
  /** The steps that went otherwise than with it. */
  readonly failed: readonly string[];
  /** What should not be so, each in one sentence. */
  readonly findings: readonly string[];
}

/** A refusal in a log: DynamoDB's and Lambda's in words, that of @connections by its status. */
const saysWhy = /AccessDenied|not authorized|"status":403/;

/**
 * Holds a play without a grant against one with it: every step that used it must go otherwise, and no other may, but
 * for those that come after such a one; IAM must have refused that, nothing else, and a log must say so.
 */
export function judge(grant: Grant, healthy: Play, robbed: Play): Judged {
  const using = healthy.steps.filter(({ calls }) => calls.some(grant.neededBy)).map(({ name }) => name);
  const mayFail = withFollowers(using, healthy.steps);
  const changed = robbed.steps.filter(({ outcome }, index) => outcome !== healthy.steps[index]?.outcome);
  const failed = changed.map(({ name }) => name);
  const refused = robbed.calls.filter(({ allowed }) => !allowed);
  return {
    failed,
    findings: [
      ...(using.length === 0 ? ['nothing asks for it: it is granted for nothing'] : []),
      ...using.filter((name) => !failed.includes(name)).map((name) => `it could ${name} all the same`),
      ...changed
        .filter(({ name }) => !mayFail.has(name))
        .map(({ name, outcome }) => `it could not ${name}, which does not need it: ${outcome}`),
      ...refused
        .filter((call) => !grant.neededBy(call))
        .map(({ action, resource }) => `${action} on ${resource} was refused as well`),
      ...(refused.length === 0 ? ['no call was refused'] : []),
      ...(robbed.log.some((line) => saysWhy.test(line)) ? [] : ['no log says why']),
    ],
  };
}

/** Steps, and all that come after one of them; steps stand in the order in which they were done. */
function withFollowers(names: readonly string[], steps: readonly PlayedStep[]): ReadonlySet<string> {
  const found = new Set(names);
  for (const { name, after } of steps) if (after.some((before) => found.has(before))) found.add(name);
  return found;
}

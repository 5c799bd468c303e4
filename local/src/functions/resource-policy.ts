import type { ServiceCaller } from '../invoker.ts';
import type { PermissionModel } from '../model.ts';

/** Whether the function's resource policy lets a service call it on behalf of one of its resources. */
export type ResourcePolicy = (caller: ServiceCaller) => boolean;

export function resourcePolicy(permissions: readonly PermissionModel[]): ResourcePolicy {
  const grants = permissions.map(({ principal, sourceArn }) => ({
    principal,
    matches: sourceArn === undefined ? () => true : arnLike(sourceArn),
  }));
  return (caller) =>
    grants.some(({ principal, matches }) => principal === caller.service && matches(caller.sourceArn));
}

/**
 * IAM's ArnLike: six parts between colons, each compared by itself, with `*` and `?` in the pattern.
 *
 * Source: "IAM JSON policy elements: Condition operators", ARN condition operators.
 */
function arnLike(pattern: string): (arn: string) => boolean {
  const parts = partsOf(pattern).map(wildcard);
  return (arn) => {
    const actual = partsOf(arn);
    return actual.length === parts.length && parts.every((part, index) => part.test(actual[index] ?? ''));
  };
}

/** The sixth part keeps its colons. */
function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

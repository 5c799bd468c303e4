import type { Template } from 'aws-cdk-lib/assertions';
import type { FunctionName } from '../../lib/function-rows.ts';
import { at, functionProperties, isProperties, resources } from './synthesized.ts';

export interface Statement {
  readonly effect: unknown;
  readonly actions: readonly string[];
  /** As JSON, since it may be an intrinsic. */
  readonly resource: string;
  readonly condition: unknown;
}

/** Every statement of every policy that is attached to a role. */
export function allStatements(template: Template): Statement[] {
  return Object.values(resources(template, 'AWS::IAM::Policy')).flatMap(statementsOf);
}

/** Every statement of a function's role. */
export function statements(template: Template, name: FunctionName): Statement[] {
  const role = at(functionProperties(template, name), 'Role', 'Fn::GetAtt', '0');
  return Object.values(resources(template, 'AWS::IAM::Policy'))
    .filter((policy) => JSON.stringify(at(policy, 'Properties', 'Roles')) === JSON.stringify([{ Ref: role }]))
    .flatMap(statementsOf);
}

/** What a function may do besides writing its log, one action each: `dynamodb:PutItem G#*`. */
export function rights(template: Template, name: FunctionName): string[] {
  return statements(template, name)
    .flatMap((statement) => statement.actions.map((action) => [action, ...target(statement)].join(' ')))
    .filter((right) => !right.startsWith('logs:'))
    .toSorted();
}

function target({ resource, condition }: Statement): string[] {
  const keys = at(condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys');
  if (Array.isArray(keys)) return keys.map(String);
  return resource.includes('/index/byActivity') ? ['byActivity'] : [];
}

function statementsOf(policy: unknown): Statement[] {
  const found = at(policy, 'Properties', 'PolicyDocument', 'Statement');
  if (!Array.isArray(found)) return [];
  return found.filter(isProperties).map((statement) => ({
    effect: statement['Effect'],
    actions: [statement['Action']].flat().map(String),
    resource: JSON.stringify(statement['Resource']),
    condition: statement['Condition'],
  }));
}

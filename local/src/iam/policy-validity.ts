import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { isRecord, parseJson } from '../json.ts';
import type { PolicyModel } from '../model.ts';
import { isConditionOperator } from './conditions.ts';
import type { Rights } from './policy-engine.ts';

/** What IAM would not take of the policies, as a part of a sentence; undefined when they are in order. */
export async function invalidityOf(rights: Rights): Promise<string | undefined> {
  const result = await runSimulation(simulationOf(rights), {});
  if (result.resultType !== 'error') return unnoticed(rights);
  const { identityPolicyErrors = {}, permissionBoundaryErrors = {}, message } = result.errors;
  const [found] = Object.entries({ ...identityPolicyErrors, ...permissionBoundaryErrors });
  if (found === undefined) return message;
  const [name, [error]] = found;
  return `policy ${name}: ${error?.message ?? message}${error === undefined ? '' : ` (at ${error.path})`}`;
}

/** The library checks the policies of a request only; what is asked for does not matter. */
function simulationOf({ policies, boundary }: Rights): Simulation {
  return {
    request: {
      principal: 'arn:aws:sts::000000000000:assumed-role/any/any',
      action: 'dynamodb:GetItem',
      resource: {
        resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/any',
        accountId: '000000000000',
      },
      contextVariables: {},
    },
    identityPolicies: policies.map(policyInput),
    ...(boundary === undefined ? {} : { permissionBoundaryPolicies: [policyInput(boundary)] }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

/** The library takes `*:*` for a service with a star in its name; IAM takes it for everything. */
function policyInput({ name, document }: PolicyModel): { name: string; policy: unknown } {
  const text = JSON.stringify(document, (_key, value: unknown) => (value === '*:*' ? '*' : value));
  return { name, policy: parseJson(text) };
}

/** What IAM refuses and the library does not. Source: "IAM JSON policy reference", the pages of the elements. */
function unnoticed({ policies, boundary }: Rights): string | undefined {
  for (const { name, document } of [...policies, ...(boundary === undefined ? [] : [boundary])]) {
    const statements = isRecord(document) ? [document['Statement']].flat() : [];
    for (const [index, statement] of statements.entries()) {
      const problem = isRecord(statement) ? problemOf(statement) : undefined;
      if (problem !== undefined) return `policy ${name}: ${problem} (at Statement[${index}])`;
    }
  }
  return undefined;
}

function problemOf(statement: Readonly<Record<string, unknown>>): string | undefined {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  if ([Action ?? NotAction].flat().length === 0) return 'a statement must contain actions';
  if ([Resource ?? NotResource].flat().length === 0) return 'a statement must contain resources';
  const operators = isRecord(Condition) ? Object.keys(Condition) : [];
  const unknown = operators.find((operator) => !isConditionOperator(operator));
  return unknown === undefined ? undefined : `there is no condition operator ${unknown}`;
}

import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { ConditionValue } from '../authorization.ts';
import { isRecord } from '../json.ts';
import type { PolicyModel } from '../model.ts';

/** What a role's policies say together. */
export interface Rights {
  readonly policies: readonly PolicyModel[];
  /** Allows nothing by itself: what it does not allow, no policy can. */
  readonly boundary?: PolicyModel;
}

export interface AccessRequest {
  readonly principalArn: string;
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, ConditionValue>>;
}

/** `denied`: a statement says so. `notAllowed`: no statement allows it. */
export type Decision = 'allowed' | 'denied' | 'notAllowed';

const decisions = { Allowed: 'allowed', ExplicitlyDenied: 'denied', ImplicitlyDenied: 'notAllowed' } as const;

/** What IAM decides ("Policy evaluation logic", IAM user guide), for a caller and a resource of one account. */
export function decide(rights: Rights, request: AccessRequest): Decision {
  const concerned = {
    ...rights,
    policies: rights.policies.map((policy) => concerning(policy, request.action)),
  };
  return decisions[runUnsafeSimulation(simulationOf(concerned, request), {})];
}

/** What IAM would not take of the policies, as a part of a sentence; undefined when they are in order. */
export async function invalidityOf(rights: Rights, request: AccessRequest): Promise<string | undefined> {
  const result = await runSimulation(simulationOf(rights, request), {});
  if (result.resultType !== 'error') return undefined;
  const { identityPolicyErrors = {}, permissionBoundaryErrors = {}, message } = result.errors;
  const [found] = Object.entries({ ...identityPolicyErrors, ...permissionBoundaryErrors });
  if (found === undefined) return message;
  const [name, [error]] = found;
  return `policy ${name}: ${error?.message ?? message}${error === undefined ? '' : ` (at ${error.path})`}`;
}

function simulationOf(
  { policies, boundary }: Rights,
  { principalArn, account, action, resource, context }: AccessRequest,
): Simulation {
  return {
    request: {
      principal: principalArn,
      action,
      resource: { resource: literal(resource), accountId: account },
      contextVariables: Object.fromEntries(
        Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
      ),
    },
    identityPolicies: policies.map(policyInput),
    ...(boundary === undefined ? {} : { permissionBoundaryPolicies: [policyInput(boundary)] }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

/** The engine takes a `*` of the request for a pattern, and allows it when any resource of a policy fits into it. */
function literal(resource: string): string {
  return resource.replaceAll('*', '%2A');
}

function policyInput({ name, document }: PolicyModel): { name: string; policy: unknown } {
  return { name, policy: document };
}

/** Without the statements that name other actions only: a decision takes as long as there are statements. */
function concerning(policy: PolicyModel, action: string): PolicyModel {
  if (!isRecord(policy.document)) return policy;
  const statements = [policy.document['Statement']].flat().filter((statement) => mayMean(statement, action));
  return { ...policy, document: { ...policy.document, Statement: statements } };
}

function mayMean(statement: unknown, action: string): boolean {
  const named = isRecord(statement) ? statement['Action'] : undefined;
  if (named === undefined) return true;
  const names = [named].flat().map(String);
  return names.some((name) => /[*?]/.test(name) || name.toLowerCase() === action.toLowerCase());
}

import type { Callers } from '../../src/authorization.ts';
import { credentials } from '../../src/functions/environment-variables.ts';
import { readCallers } from '../../src/iam/callers.ts';
import type { ObservedCall } from '../../src/iam/function-caller.ts';
import type { FunctionModel, RoleModel } from '../../src/model.ts';
import { functionModel } from './local-functions.ts';

export type Statement = Readonly<Record<string, unknown>>;

export const account = '111122223333';
export const region = 'eu-west-1';

/** What a role is called in refusals. */
export const principal = `arn:aws:sts::${account}:assumed-role/clerk/warm-count`;

/** The function `warm-count` with a role that has these statements; a role's other parts may be changed. */
export async function callersWith(
  statements: readonly Statement[],
  changes: { readonly role?: Partial<RoleModel>; readonly function?: Partial<FunctionModel> } = {},
): Promise<TestedCallers> {
  const log: string[] = [];
  const observed: ObservedCall[] = [];
  const role: RoleModel = {
    logicalId: 'ClerkRole',
    name: 'clerk',
    arn: `arn:aws:iam::${account}:role/clerk`,
    policies: [{ name: 'own', document: documentOf(statements) }],
    foreignPolicyArns: [],
    tags: {},
    ...changes.role,
  };
  const model = functionModel('warm.count', { roleArn: role.arn, ...changes.function });
  const callers = await readCallers({
    model: { account, region, functions: [model], roles: [role] },
    now: () => Date.UTC(2026, 0, 1),
    log: (line) => log.push(line),
    observe: (call) => observed.push(call),
  });
  return { callers, model, log, observed, credentials: sdkCredentials(model.arn) };
}

export interface TestedCallers {
  readonly callers: Callers;
  readonly model: FunctionModel;
  readonly log: readonly string[];
  readonly observed: readonly ObservedCall[];
  /** Those of the function, as its environments have them. */
  readonly credentials: SdkCredentials;
}

export interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Credentials that no function has. */
export const administrator: SdkCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export function documentOf(statements: readonly Statement[]): unknown {
  return { Version: '2012-10-17', Statement: statements };
}

export function allow(
  action: string | readonly string[],
  resource: string,
  condition?: Statement,
): Statement {
  return { Effect: 'Allow', Action: action, Resource: resource, ...(condition && { Condition: condition }) };
}

function sdkCredentials(functionArn: string): SdkCredentials & { readonly sessionToken: string } {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = credentials(functionArn);
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}

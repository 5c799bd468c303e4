import type { Caller, Callers, ConditionValue } from '../authorization.ts';
import { dynamoDbConditionKeys, dynamoDbListKeys } from '../dynamodb/calls.ts';
import { credentials } from '../functions/environment-variables.ts';
import type { Log } from '../log.ts';
import type { AssemblyModel, FunctionModel, RoleModel } from '../model.ts';
import { partitionOf } from '../partition.ts';
import { Refusal } from '../refusal.ts';
import { conditionKeysOf, policyVariablesOf } from './condition-keys.ts';
import { FunctionCaller, type ObservedCall } from './function-caller.ts';
import { managedPolicy } from './managed-policies.ts';
import type { Rights } from './policy-engine.ts';
import { invalidityOf } from './policy-validity.ts';

export interface CallersOptions {
  readonly model: Pick<AssemblyModel, 'account' | 'region' | 'functions' | 'roles'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  readonly observe?: ((observed: ObservedCall) => void) | undefined;
}

/**
 * The functions with the rights of their roles, known by the access keys of their environments. The signature itself is
 * not verified: whoever can reach 127.0.0.1 can read the keys too.
 *
 * A function whose role is not the template's is not limited, which the log says, as it says what else is not known.
 *
 * @throws Refusal for a policy that IAM would not take.
 */
export async function readCallers(options: CallersOptions): Promise<Callers> {
  const { functions, roles } = options.model;
  const byFunction = new Map<string, Caller>();
  const byAccessKey = new Map<string, Caller>();
  for (const model of functions) {
    const role = roles.find(({ arn }) => arn === model.roleArn);
    if (role === undefined) {
      options.log(unlimited(model));
      continue;
    }
    await checkRole(model, role, options);
    const caller = functionCaller(model, role, options);
    byFunction.set(model.arn, caller);
    byAccessKey.set(credentials(model.arn).AWS_ACCESS_KEY_ID, caller);
  }
  return {
    signerOf: (authorization) => byAccessKey.get(accessKeyOf(authorization)),
    roleOf: (functionArn) => byFunction.get(functionArn),
  };
}

function accessKeyOf(authorization = ''): string {
  return /Credential=([^/,\s]+)/.exec(authorization)?.[1] ?? '';
}

function unlimited({ logicalId, roleArn }: FunctionModel): string {
  return `${logicalId} may call everything: its role ${roleArn ?? ''} is none of this template's.`;
}

/** Says what of a role is not known here. @throws Refusal */
async function checkRole(model: FunctionModel, role: RoleModel, options: CallersOptions): Promise<void> {
  const { log } = options;
  for (const arn of role.foreignPolicyArns) {
    if (managedPolicy(arn) === undefined)
      log(
        `${role.logicalId} has the policy ${arn}, which is not known here: what only it allows is refused.`,
      );
  }
  const rights = rightsOf(role);
  if (role.boundaryArn !== undefined && rights.boundary === undefined)
    log(
      `${role.logicalId} has the boundary ${role.boundaryArn}, which is not known here and limits nothing.`,
    );
  sayUnknownKeys(role, Object.keys(globalContext(model, role, options)), log);
  const invalidity = await invalidityOf(rights);
  if (invalidity !== undefined) throw new Refusal(`IAM would not take ${role.logicalId}: ${invalidity}.`);
}

/** Capitals of a key do not matter. A key of several values is one that a call has, and that fills no variable. */
function sayUnknownKeys(role: RoleModel, constant: readonly string[], log: Log): void {
  const known = new Set([...constant, ...dynamoDbConditionKeys].map((key) => key.toLowerCase()));
  const lists = new Set<string>(dynamoDbListKeys.map((key) => key.toLowerCase()));
  const rights = rightsOf(role);
  for (const key of conditionKeysOf(rights)) {
    if (!known.has(key.toLowerCase()))
      log(`${role.logicalId} has a condition on ${key}, which no call has here.`);
  }
  for (const name of policyVariablesOf(rights)) {
    if (!known.has(name.toLowerCase()) || lists.has(name.toLowerCase()))
      log(`${role.logicalId} has the policy variable \${${name}}, which no call fills here.`);
  }
}

function rightsOf({ policies, foreignPolicyArns, boundary, boundaryArn }: RoleModel): Rights {
  const foreign = foreignPolicyArns.flatMap((arn) => policyOf(arn) ?? []);
  const limit = boundary ?? (boundaryArn === undefined ? undefined : policyOf(boundaryArn));
  return { policies: [...policies, ...foreign], ...(limit === undefined ? {} : { boundary: limit }) };
}

function policyOf(arn: string): { name: string; document: unknown } | undefined {
  const document = managedPolicy(arn);
  return document === undefined ? undefined : { name: arn, document };
}

function functionCaller(model: FunctionModel, role: RoleModel, options: CallersOptions): FunctionCaller {
  const { account, region } = options.model;
  const partition = partitionOf(region).name;
  return new FunctionCaller({
    principalArn: `arn:${partition}:sts::${account}:assumed-role/${role.name}/${model.name}`,
    rights: rightsOf(role),
    context: globalContext(model, role, options),
    observe: options.observe,
  });
}

/** Source: "AWS global condition context keys", and "Working with Lambda execution environment credentials". */
function globalContext(
  { arn, name }: FunctionModel,
  role: RoleModel,
  { model: { account, region }, now }: CallersOptions,
): Readonly<Record<string, () => ConditionValue>> {
  return {
    'aws:CurrentTime': () => new Date(now()).toISOString(),
    'aws:EpochTime': () => String(Math.floor(now() / 1000)),
    'aws:PrincipalAccount': () => account,
    'aws:PrincipalArn': () => role.arn,
    'aws:PrincipalIsAWSService': () => 'false',
    ...Object.fromEntries(
      Object.entries(role.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, () => value]),
    ),
    'aws:PrincipalType': () => 'AssumedRole',
    'aws:RequestedRegion': () => region,
    'aws:ResourceAccount': () => account,
    // The ports of this machine stand for https.
    'aws:SecureTransport': () => 'true',
    'aws:ViaAWSService': () => 'false',
    'aws:userid': () => `${role.name}:${name}`,
    'lambda:SourceFunctionArn': () => arn,
  };
}

import type { PolicyModel, RoleModel } from '../model.ts';
import { TemplateProblem, type Problems } from './problems.ts';
import type { Properties } from './properties.ts';
import type { Resource } from './stack.ts';

export interface RoleResources {
  readonly roles: readonly Resource[];
  /** AWS::IAM::Policy and AWS::IAM::RolePolicy, which belong to the roles that they name. */
  readonly policies: readonly Resource[];
  readonly managedPolicies: readonly Resource[];
}

/** Reads the roles, each with its own policies and with those that are attached to it from either side. */
export function readRoles(resources: RoleResources, problems: Problems): RoleModel[] {
  const { roles, policies, managedPolicies } = resources;
  return roles.flatMap(
    (role) => problems.attempt(role.subject, () => readRole(role, policies, managedPolicies)) ?? [],
  );
}

function readRole(
  { logicalId, identity, properties }: Resource,
  policies: readonly Resource[],
  managedPolicies: readonly Resource[],
): RoleModel {
  const name = identity.reference;
  const attachedArns = new Set(properties.texts('ManagedPolicyArns'));
  const isAttached = (policy: Resource): boolean =>
    attachedArns.has(policy.identity.reference) || rolesOf(policy).includes(name);
  const boundaryArn = properties.optionalText('PermissionsBoundary');
  const boundary = managedPolicies.find(({ identity: { reference } }) => reference === boundaryArn);
  const ownArns = new Set(managedPolicies.map((policy) => policy.identity.reference));
  return {
    logicalId,
    name,
    arn: identity.attributes['Arn'] ?? '',
    policies: [
      ...properties.nestedList('Policies').map((policy) => ({
        name: policy.text('PolicyName'),
        document: documentOf(policy),
      })),
      ...policies.filter((policy) => rolesOf(policy).includes(name)).map(readPolicy),
      ...managedPolicies.filter(isAttached).map(readPolicy),
    ],
    foreignPolicyArns: [...attachedArns].filter((arn) => !ownArns.has(arn)),
    tags: readTags(properties),
    ...(boundaryArn === undefined ? {} : { boundaryArn }),
    ...(boundary === undefined ? {} : { boundary: readPolicy(boundary) }),
  };
}

/** Source: "Tags for AWS Identity and Access Management resources", IAM user guide: capitals of a key do not matter. */
function readTags(properties: Properties): Record<string, string> {
  const tags = new Map<string, readonly [string, string]>();
  for (const tag of properties.nestedList('Tags')) {
    const key = tag.text('Key');
    if (tags.has(key.toLowerCase()))
      throw new TemplateProblem(
        `the tag ${key} stands twice, and IAM takes a key once, whatever its capitals`,
      );
    tags.set(key.toLowerCase(), [key, tag.text('Value')]);
  }
  return Object.fromEntries(tags.values());
}

/** AWS::IAM::RolePolicy names one role, the others list them. */
function rolesOf({ properties }: Resource): string[] {
  return properties.names.includes('RoleName') ? [properties.text('RoleName')] : properties.texts('Roles');
}

function readPolicy({ logicalId, properties }: Resource): PolicyModel {
  return { name: logicalId, document: documentOf(properties) };
}

function documentOf(properties: Properties): unknown {
  const document = properties.value('PolicyDocument');
  if (document === undefined) throw new TemplateProblem('a policy has no PolicyDocument');
  return document;
}

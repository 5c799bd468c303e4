import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import type { AccessRequest, Decision, Rights } from '../../../src/iam/policy-engine.ts';
import { account } from './rows.ts';

const decisions = { Allowed: 'allowed', ExplicitlyDenied: 'denied', ImplicitlyDenied: 'notAllowed' } as const;

/** What the library makes of the same policies and the same request. */
export function libraryDecision({ policies, boundary }: Rights, request: AccessRequest): Decision {
  const { action, resource, context } = request;
  const fence = boundary && { name: boundary.name, policy: boundary.document };
  const result = runUnsafeSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/role/function`,
        action,
        resource: { resource, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [
            key,
            typeof value === 'string' ? value : [...value],
          ]),
        ),
      },
      identityPolicies: policies.map(({ name, document }) => ({ name, policy: document })),
      ...(fence === undefined ? {} : { permissionBoundaryPolicies: [fence] }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return decisions[result];
}

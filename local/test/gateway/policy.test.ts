import { describe, expect, it } from 'vitest';
import { allows, readPolicy } from '../../src/gateway/policy.ts';

const action = 'execute-api:Invoke';
const resource = 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/test/$connect';

function allowed(...statements: ReadonlyArray<Readonly<Record<string, unknown>>>): boolean | undefined {
  const policy = readPolicy({ Statement: statements });
  return policy && allows(policy, action, resource);
}

describe('a policy', () => {
  it('allows what an Allow names', () => {
    expect(allowed({ Effect: 'Allow', Action: action, Resource: resource })).toBe(true);
    expect(allowed({ Effect: 'Allow', Action: ['a:b', action], Resource: ['x', resource] })).toBe(true);
  });

  it('takes actions in any case and resources in theirs', () => {
    expect(allowed({ Effect: 'Allow', Action: 'EXECUTE-API:*', Resource: resource })).toBe(true);
    expect(allowed({ Effect: 'Allow', Action: action, Resource: resource.toUpperCase() })).toBe(false);
  });

  it('refuses without a matching statement', () => {
    expect(allowed()).toBe(false);
    expect(allowed({ Effect: 'Allow', Action: action, Resource: `${resource}/more` })).toBe(false);
    expect(allowed({ Effect: 'Allow', Action: action, Resource: resource.slice(0, -1) })).toBe(false);
  });

  it('reads every other character of a pattern as itself', () => {
    expect(allowed({ Effect: 'Allow', Action: action, Resource: resource.replace('1b2c', '....') })).toBe(
      false,
    );
    expect(allowed({ Effect: 'Allow', Action: action, Resource: '(' })).toBe(false);
    expect(allowed({ Effect: 'Allow', Action: action, Resource: 'arn:*:a1b2c3d4e?/*/$connect' })).toBe(true);
  });

  it.each([
    ['a negated element', { Effect: 'Allow', NotAction: 'a:b', Resource: '*' }],
    ['a condition', { Effect: 'Allow', Action: '*', Resource: '*', Condition: {} }],
    ['no resource', { Effect: 'Allow', Action: '*' }],
    ['an effect in the wrong case', { Effect: 'allow', Action: '*', Resource: '*' }],
  ])('is not read when a statement has %s', (_name, statement) => {
    expect(allowed(statement)).toBeUndefined();
  });
});

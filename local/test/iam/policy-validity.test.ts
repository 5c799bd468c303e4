import { expect, it } from 'vitest';
import { invalidityOf } from '../../src/iam/policy-validity.ts';
import { allow, documentOf, type Statement } from '../support/local-callers.ts';

it.each<[string, Statement, string]>([
  [
    'without resources',
    { Effect: 'Allow', Action: 'a:B' },
    'One of Resource or NotResource is required in an identity policy statement (at Statement[0])',
  ],
  [
    'with a principal',
    { ...allow('a:B', '*'), Principal: '*' },
    'Principal is not allowed in an identity policy statement (at Statement[0].#Principal)',
  ],
  [
    'with an empty list of actions',
    { Effect: 'Allow', Action: [], Resource: '*' },
    'a statement must contain actions (at Statement[0])',
  ],
  [
    'with an empty list of resources',
    { Effect: 'Allow', Action: 'a:B', Resource: [] },
    'a statement must contain resources (at Statement[0])',
  ],
  [
    'with an operator that there is not',
    allow('a:B', '*', { 'ForAllValues:StringSame': { k: 'a' } }),
    'there is no condition operator ForAllValues:StringSame (at Statement[0])',
  ],
])('a policy %s is one that IAM would not take', async (_title, statement, sentence) => {
  const policy = { name: 'own', document: documentOf([statement]) };
  expect(await invalidityOf({ policies: [policy] })).toBe(`policy own: ${sentence}`);
  const boundary = { ...policy, name: 'fence' };
  expect(await invalidityOf({ policies: [], boundary })).toBe(`policy fence: ${sentence}`);
});

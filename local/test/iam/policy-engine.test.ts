import { describe, expect, it } from 'vitest';
import { decide } from '../../src/iam/policy-engine.ts';
import { invalidityOf } from '../../src/iam/policy-validity.ts';
import { allow, documentOf } from '../support/local-callers.ts';
import { actionRows } from './table/actions.ts';
import { conditionRows } from './table/conditions.ts';
import { resourceRows } from './table/resources.ts';
import { account, asks, rooms, type Row } from './table/rows.ts';

function policiesOf({ statements }: Row) {
  return { policies: [{ name: 'own', document: documentOf(statements) }] };
}

describe.each([
  ['resources', resourceRows],
  ['actions', actionRows],
  ['conditions', conditionRows],
])('a policy as they are written, by its %s', (_element, rows) => {
  it.each(rows)('is answered as AWS documents: $policy ($source)', (row) => {
    expect(decide(policiesOf(row), row.request)).toBe(row.answer);
  });

  it('is one that IAM takes', async () => {
    for (const row of rows) expect(await invalidityOf(policiesOf(row)), row.policy).toBeUndefined();
  });
});

/** Source: "IAM policy elements: Variables and tags". */
describe('a variable in a resource', () => {
  const own = 'arn:aws:dynamodb:*:*:table/${aws:PrincipalAccount}';
  const context = { 'aws:PrincipalAccount': account };
  const request = asks('dynamodb:GetItem', rooms.replace('rooms', account), context);
  const withVersion = (version: string | undefined, resource: string) => {
    const document = { ...(version && { Version: version }), Statement: allow('*', resource) };
    return { policies: [{ name: 'own', document }] };
  };

  it('stands for its value', () => {
    expect(decide(withVersion('2012-10-17', own), request)).toBe('allowed');
  });

  it.each(['2008-10-17', undefined])('is a text like any other in version %s', (version) => {
    expect(decide(withVersion(version, own), request)).toBe('notAllowed');
  });

  it('matches nothing without a value', () => {
    expect(decide(withVersion('2012-10-17', own), { ...request, context: {} })).toBe('notAllowed');
  });

  it('is a text like any other before the fifth colon', () => {
    const byAccount = 'arn:aws:dynamodb:*:${aws:PrincipalAccount}:table/rooms';
    const asked = asks('dynamodb:GetItem', rooms, context);
    expect(decide(withVersion('2012-10-17', byAccount), asked)).toBe('notAllowed');
  });
});

/** Source: "Permissions boundaries for IAM entities". */
describe('a boundary', () => {
  const all = { name: 'own', document: documentOf([allow('*', '*')]) };
  const within = (...statements: Parameters<typeof documentOf>[0]) =>
    decide(
      { policies: [all], boundary: { name: 'fence', document: documentOf(statements) } },
      asks('a:B', rooms),
    );

  it('allows nothing by itself, and nothing beyond itself', () => {
    expect(within(allow('a:*', 'arn:aws:dynamodb:*:*:*/rooms'))).toBe('allowed');
    expect(within(allow('c:*', '*'))).toBe('notAllowed');
    expect(within(allow('*', '*'), { Effect: 'Deny', Action: 'a:B', Resource: '*' })).toBe('denied');
    const boundary = { name: 'fence', document: documentOf([allow('*', '*')]) };
    expect(decide({ policies: [], boundary }, asks('a:B', rooms))).toBe('notAllowed');
  });
});

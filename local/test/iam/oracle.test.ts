import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide, type AccessRequest, type Rights } from '../../src/iam/policy-engine.ts';
import { documentOf, type Statement } from '../support/local-callers.ts';
import { libraryDecision } from './table/library.ts';
import { account } from './table/rows.ts';

/*
 * A policy engine that somebody else wrote is asked the same. Left out is what it answers otherwise than AWS documents,
 * which the table next door holds: wildcards before the first slash of a resource or beyond a colon, capitals of an ARN,
 * line ends, empty lists, numbers that are none, dates as numbers, addresses of version 6, policies of the older version.
 */

const services = ['dynamodb', 'lambda'] as const;
const service = fc.constantFrom(...services);
const verb = fc.constantFrom('GetItem', 'GetItems', 'getitem', 'PutItem', 'Invoke');
const verbPattern = fc.constantFrom(
  '*',
  'Get*',
  '*item',
  'G?tItem',
  'PutItem',
  'getitem',
  'P*t*m',
  '?etItem',
);
const name = fc.stringMatching(/^[ab]{1,4}$/);
const namePattern = fc.stringMatching(/^[ab*?]{1,4}$/);
const region = fc.constantFrom('eu-west-1', 'us-east-1');

const arn = fc
  .tuple(service, region, name)
  .map(([of, where, what]) => `arn:aws:${of}:${where}:${account}:table/${what}`);
const arnPattern = fc
  .tuple(
    service,
    fc.constantFrom('*', 'eu-west-1', 'eu-*', '??-east-1'),
    fc.constantFrom('*', account, '2*'),
    namePattern,
  )
  .map(([of, where, whose, what]) => `arn:aws:${of}:${where}:${whose}:table/${what}`);
const actions = fc
  .array(
    fc.tuple(service, verbPattern).map((parts) => parts.join(':')),
    { minLength: 1, maxLength: 3 },
  )
  .chain((list) => fc.constantFrom(list, list[0]));
const resources = fc.oneof(
  fc.constant('*'),
  arnPattern,
  fc.array(arnPattern, { minLength: 1, maxLength: 3 }),
);

const word = fc.constantFrom('a', 'b', 'ab', 'A', 'a*', '*', '?', '${aws:userid}', "${gone, 'b'}", '${gone}');
const number = fc.integer({ min: -3, max: 3 }).map(String);
const date = fc.constantFrom('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
const boolean = fc.constantFrom('true', 'false', 'True');
const network = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.168.0.0/16');
const address = fc.constantFrom('10.1.2.3', '10.9.9.9', '8.8.8.8');

/** Operators, what policies compare with, and what a request has: of one kind, since only that can be compared. */
const families = [
  {
    names: ['StringEquals', 'StringLike', 'StringEqualsIgnoreCase', 'StringNotEquals'],
    values: word,
    given: word,
  },
  { names: ['StringNotLike', 'StringNotEqualsIgnoreCase'], values: word, given: word },
  { names: ['NumericEquals', 'NumericLessThan', 'NumericGreaterThanEquals'], values: number, given: number },
  {
    names: ['NumericNotEquals', 'NumericLessThanEquals', 'NumericGreaterThan'],
    values: number,
    given: number,
  },
  {
    names: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateGreaterThanEquals'],
    values: date,
    given: date,
  },
  { names: ['Bool'], values: boolean, given: boolean },
  { names: ['IpAddress', 'NotIpAddress'], values: network, given: address },
  { names: ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals'], values: arnPattern, given: arn },
] as const;
type Family = (typeof families)[number];

/** With what stands before and behind it; of both together each engine has an opinion of its own. */
const shapes = [
  (base: string) => base,
  (base: string) => `${base}IfExists`,
  (base: string) => `ForAllValues:${base}`,
  (base: string) => `ForAnyValue:${base}`,
] as const;

function conditionOf({ names, values }: Family): fc.Arbitrary<Statement | undefined> {
  const comparison = fc
    .record({
      base: fc.constantFrom<string>(...names),
      shape: fc.constantFrom(...shapes),
      expected: fc.array(values, { minLength: 1, maxLength: 2 }),
    })
    .map(({ base, shape, expected }) => ({ [shape(base)]: { k: expected } }));
  const presence = fc.boolean().map((absent) => ({ Null: { k: String(absent) } }));
  return fc.oneof(fc.constant(undefined), comparison, presence);
}

function statementOf(family: Family): fc.Arbitrary<Statement> {
  return fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      action: fc.tuple(fc.constantFrom('Action', 'Action', 'NotAction'), actions),
      resource: fc.tuple(fc.constantFrom('Resource', 'Resource', 'NotResource'), resources),
      condition: conditionOf(family),
    })
    .map(({ Effect, action, resource, condition }) => ({
      Effect,
      ...Object.fromEntries([action, resource]),
      ...(condition === undefined ? {} : { Condition: condition }),
    }));
}

function rightsOf(family: Family): fc.Arbitrary<Rights> {
  const policy = fc
    .array(statementOf(family), { minLength: 1, maxLength: 3 })
    .map((statements) => ({ name: 'own', document: documentOf(statements) }));
  return fc
    .record({ policies: fc.array(policy, { maxLength: 2 }), boundary: fc.option(policy, { freq: 4 }) })
    .map(({ policies, boundary }) => ({ policies, ...(boundary === null ? {} : { boundary }) }));
}

function requestOf({ given }: Family): fc.Arbitrary<AccessRequest> {
  const values = fc.oneof(given, fc.array(given, { minLength: 1, maxLength: 3 }));
  const context = fc.oneof(
    fc.record({ k: values, 'aws:userid': fc.constantFrom('a', 'a*') }),
    fc.constant({ 'aws:userid': 'b' }),
  );
  const action = fc.tuple(service, verb).map((parts) => parts.join(':'));
  return fc.record({ action, resource: arn, context });
}

const questions = fc
  .constantFrom(...families)
  .chain((family) => fc.tuple(rightsOf(family), requestOf(family)));

it('answers what another policy engine answers, wherever that is right', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(questions, ([rights, request]) => {
      const answer = decide(rights, request);
      seen.add(answer);
      expect(answer).toBe(libraryDecision(rights, request));
    }),
    { numRuns: 3000 },
  );
  expect([...seen].toSorted()).toEqual(['allowed', 'denied', 'notAllowed']);
});

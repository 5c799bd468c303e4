import type { AccessRequest } from '../../../src/iam/policy-engine.ts';
import { allow, type Statement } from '../../support/local-callers.ts';
import { account, asks, rooms, type Row } from './rows.ts';

const operators = 'IAM JSON policy elements: Condition operators';
const multivalued = 'Single-valued vs. multivalued context keys';
const several = 'Conditions with multiple context keys or values';
const variables = 'IAM policy elements: Variables and tags';

type Answer = readonly [condition: Statement, context: AccessRequest['context'], holds: boolean];

const lambdaArn = `arn:aws:lambda:eu-west-1:${account}:function:chat-post`;
const noon = '2026-01-01T12:00:00Z';
const noonEpoch = String(Date.UTC(2026, 0, 1, 12) / 1000);

/** Whether the condition holds for the context. */
const answers: Readonly<Record<string, readonly Answer[]>> = {
  [operators]: [
    [{ StringEquals: { k: 'a' } }, { k: 'a' }, true],
    [{ StringEquals: { k: 'A' } }, { k: 'a' }, false],
    [{ stringequals: { k: 'a' } }, { k: 'a' }, true],
    [{ StringEquals: { 'AWS:requestedregion': 'x' } }, { 'aws:RequestedRegion': 'x' }, true],
    [{ StringEquals: { k: 'a' } }, {}, false],
    [{ StringEquals: { k: 5 } }, { k: '5' }, true],
    [{ StringEquals: { k: 'a*' } }, { k: 'ab' }, false],
    [{ StringEquals: { k: 'a*?' } }, { k: 'a*?' }, true],
    [{ StringNotEquals: { k: 'a' } }, { k: 'b' }, true],
    [{ StringNotEquals: { k: 'a' } }, {}, true],
    [{ StringEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, true],
    [{ StringNotEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, false],
    [{ StringLike: { k: 'a*' } }, { k: 'abc' }, true],
    [{ StringLike: { k: 'a*' } }, { k: 'a\nb' }, true],
    [{ StringLike: { k: 'a?c' } }, { k: 'a😀c' }, true],
    [{ StringLike: { k: 'a.c' } }, { k: 'abc' }, false],
    [{ StringLike: { k: '*a*b*' } }, { k: 'xxaxxbxx' }, true],
    [{ StringLike: { k: '*ab' } }, { k: 'aab' }, true],
    [{ StringNotLike: { k: ['b', 'a*'] } }, { k: 'abc' }, false],
    [{ StringEqualsIfExists: { k: 'a' } }, {}, true],
    [{ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    [{ Null: { k: 'true' } }, {}, true],
    [{ Null: { k: 'true' } }, { k: [] }, true],
    [{ Null: { k: false } }, { k: 'a' }, true],
    [{ Null: { k: 'false' } }, {}, false],
    [{ Bool: { k: true } }, { k: 'true' }, true],
    [{ Bool: { k: 'False' } }, { k: 'true' }, false],
    [{ Bool: { k: 'true' } }, { k: 'yes' }, false],
    [{ BoolIfExists: { k: 'false' } }, {}, true],
    [{ NumericLessThan: { k: 3600 } }, { k: '60' }, true],
    [{ NumericLessThanEquals: { k: '60' } }, { k: '60.0' }, true],
    [{ NumericGreaterThan: { k: '-1' } }, { k: '0' }, true],
    [{ NumericGreaterThanEquals: { k: '10' } }, { k: '9' }, false],
    [{ NumericEquals: { k: '12abc' } }, { k: '12' }, false],
    [{ NumericNotEquals: { k: '1' } }, { k: '2' }, true],
    [{ DateGreaterThan: { k: '2025-06-01T00:00:00Z' } }, { k: noon }, true],
    [{ DateLessThan: { k: '2025-06-01' } }, { k: noon }, false],
    [{ DateEquals: { k: noonEpoch } }, { k: noon }, true],
    [{ DateLessThanEquals: { k: noon } }, { k: noonEpoch }, true],
    [{ DateNotEquals: { k: noon } }, { k: noonEpoch }, false],
    [{ DateGreaterThanEquals: { k: 'soon' } }, { k: noon }, false],
    [{ BinaryEquals: { k: 'QmFzZTY0' } }, { k: 'QmFzZTY0' }, true],
    [{ IpAddress: { k: '10.0.0.0/8' } }, { k: '10.1.2.3' }, true],
    [{ IpAddress: { k: '10.1.2.3' } }, { k: '10.1.2.4' }, false],
    [{ IpAddress: { k: '2001:DB8:1234:5678::/64' } }, { k: '2001:0db8:1234:5678:0:0:0:1' }, true],
    [{ IpAddress: { k: '2001:db8::1' } }, { k: '2001:0db8:0:0:0:0:0:1' }, true],
    [{ NotIpAddress: { k: ['10.0.0.0/8', '192.168.0.0/16'] } }, { k: '192.168.1.1' }, false],
    [{ NotIpAddress: { k: '10.1.2.3' } }, { k: '2001:db8::1' }, true],
    [{ IpAddress: { k: '10.0.0.0/64' } }, { k: '10.1.2.3' }, false],
    [{ ArnLike: { k: 'arn:aws:lambda:*:*:function:chat-*' } }, { k: lambdaArn }, true],
    [{ ArnEquals: { k: 'arn:aws:lambda:*:*:function:*' } }, { k: lambdaArn }, true],
    [{ ArnLike: { k: 'arn:aws:*:function:chat-post' } }, { k: lambdaArn }, false],
    [{ ArnNotLike: { k: 'arn:aws:lambda:*:*:function:*' } }, { k: lambdaArn }, false],
    [{ ArnNotEquals: { k: 'arn:aws:lambda:*:*:function:*' } }, {}, true],
  ],
  [multivalued]: [
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b'] }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a'] } }, { k: ['a', 'b'] }, false],
    [{ 'ForAllValues:StringEquals': { k: ['a'] } }, {}, true],
    [{ 'ForAllValues:StringEquals': { k: ['a'] } }, { k: [] }, true],
    [{ 'ForAllValues:StringLike': { k: 'V#*' } }, { k: ['V#1', 'V#2\n'] }, true],
    [{ 'ForAllValues:StringNotEquals': { k: ['a'] } }, { k: ['b', 'a'] }, false],
    [{ 'ForAnyValue:StringEquals': { k: ['a'] } }, { k: ['b', 'a'] }, true],
    [{ 'ForAnyValue:StringEquals': { k: 'a' } }, { k: 'a' }, true],
    [{ 'ForAnyValue:StringEquals': { k: ['a'] } }, {}, false],
    [{ 'ForAnyValue:StringNotEquals': { k: ['a'] } }, { k: ['b', 'a'] }, true],
    [{ 'ForAnyValue:StringNotEquals': { k: ['a'] } }, {}, false],
    [{ 'forallvalues:stringequals': { k: 'a' } }, { k: ['a'] }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a'] }, Null: { k: 'false' } }, {}, false],
  ],
  [several]: [
    [{ StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'b' }, true],
    [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }, false],
    [{ StringEquals: { k: 'a' }, Bool: { b: 'true' } }, { k: 'a', b: 'false' }, false],
    [{}, {}, true],
  ],
  [variables]: [
    [{ StringEquals: { k: '${aws:userid}' } }, { k: 'x:y', 'aws:userid': 'x:y' }, true],
    [{ StringEquals: { k: 'room-${AWS:UserId}!' } }, { k: 'room-x!', 'aws:userid': 'x' }, true],
    [{ StringLike: { k: '${aws:userid}' } }, { k: 'abc', 'aws:userid': 'a*' }, false],
    [{ StringLike: { k: 'a${*}' } }, { k: 'abc' }, false],
    [{ StringLike: { k: 'a${*}${?}${$}*' } }, { k: 'a*?$bc' }, true],
    [{ StringEquals: { k: '${aws:username}' } }, { k: '${aws:username}' }, false],
    [{ StringNotEquals: { k: '${aws:username}' } }, { k: 'a' }, false],
    [{ StringEquals: { k: "${aws:username, 'guest'}" } }, { k: 'guest' }, true],
    [{ StringEquals: { k: '${l}' } }, { k: 'a', l: ['a'] }, false],
    [
      { ArnLike: { k: 'arn:aws:iam::*:role/${aws:userid}' } },
      { k: `arn:aws:iam::${account}:role/x`, 'aws:userid': 'x' },
      true,
    ],
  ],
};

export const conditionRows: readonly Row[] = Object.entries(answers).flatMap(([source, rows]) =>
  rows.map(([condition, context, holds]): Row => {
    const policy = `${JSON.stringify(condition)} with ${JSON.stringify(context)}`;
    const request = asks('dynamodb:GetItem', rooms, context);
    const statements = [allow('dynamodb:GetItem', rooms, condition)];
    return { policy, statements, request, answer: holds ? 'allowed' : 'notAllowed', source };
  }),
);

import type { Decision } from '../../../src/iam/policy-engine.ts';
import { allow, type Statement } from '../../support/local-callers.ts';
import { asks, rooms, type Row } from './rows.ts';

const action = 'IAM JSON policy elements: Action';
const notAction = 'IAM JSON policy elements: NotAction';
const logic = 'Policy evaluation logic';
const everything = allow('*', '*');

function denies(element: Statement): Statement {
  return { Effect: 'Deny', Resource: '*', ...element };
}

/** What `dynamodb:GetItem` on a table is answered. */
const answers: readonly (readonly [string, readonly Statement[], Decision, string])[] = [
  ['nothing', [], 'notAllowed', logic],
  ['everything', [everything], 'allowed', action],
  ['everything, with a colon', [allow('*:*', '*')], 'allowed', action],
  ['every action of the service', [allow('dynamodb:*', '*')], 'allowed', action],
  ['every action of another service', [allow('sqs:*', '*')], 'notAllowed', action],
  ['the action in small letters', [allow('dynamodb:getitem', '*')], 'allowed', action],
  ['the service in capitals', [allow('DynamoDB:GetItem', '*')], 'allowed', action],
  ['actions that begin alike', [allow('dynamodb:Get*', '*')], 'allowed', action],
  ['actions that end alike', [allow('dynamodb:*Item', '*')], 'allowed', action],
  ['a star in the middle', [allow('dynamodb:G*m', '*')], 'allowed', action],
  ['a question mark', [allow('dynamodb:Get?tem', '*')], 'allowed', action],
  ['a question mark too many', [allow('dynamodb:GetItem?', '*')], 'notAllowed', action],
  ['a list that has it', [allow(['dynamodb:PutItem', 'dynamodb:GetItem'], '*')], 'allowed', action],
  ['a list that has it not', [allow(['dynamodb:PutItem', 'dynamodb:Query'], '*')], 'notAllowed', action],
  ['all but another', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'allowed', notAction],
  [
    'all but it, in other letters',
    [{ Effect: 'Allow', NotAction: ['DYNAMODB:get*'], Resource: '*' }],
    'notAllowed',
    notAction,
  ],
  ['a Deny of all but another', [everything, denies({ NotAction: 'dynamodb:Put*' })], 'denied', notAction],
  ['a Deny of all but it', [everything, denies({ NotAction: 'dynamodb:Get*' })], 'allowed', notAction],
  ['a Deny before what allows it', [denies({ Action: 'dynamodb:*Item' }), everything], 'denied', logic],
  ['a Deny behind what allows it', [everything, denies({ Action: 'dynamodb:*Item' })], 'denied', logic],
  ['a Deny of something else', [everything, denies({ Action: 'dynamodb:Delete*' })], 'allowed', logic],
  ['a Deny alone', [denies({ Action: 'dynamodb:GetItem' })], 'denied', logic],
];

export const actionRows: readonly Row[] = answers.map(([policy, statements, answer, source]) => ({
  policy,
  statements,
  request: asks('dynamodb:GetItem', rooms),
  answer,
  source,
}));

import type { Decision } from '../../../src/iam/policy-engine.ts';
import { allow, type Statement } from '../../support/local-callers.ts';
import { account, asks, clerk, post, rooms, type Row } from './rows.ts';

const manage = 'execute-api:ManageConnections';
const elementResource = 'IAM JSON policy elements: Resource';
const control = 'Control access to WebSocket APIs with AWS IAM authorization';
const everything = allow('*', '*');

function connections(resource: string): string {
  return `arn:aws:execute-api:*:*:${resource}`;
}

function posting(policy: string, statements: readonly Statement[], answer: Decision, source: string): Row {
  return { policy, statements, request: asks(manage, post), answer, source };
}

/** Who writes it so, the resource behind the account, and whether a post to the API is allowed by it. */
const waysToPost: readonly (readonly [string, string, Decision, string])[] = [
  ['the Serverless Framework, of itself', '*/@connections/*', 'allowed', elementResource],
  ['the Serverless Framework, by hand', '*/*/POST/@connections/*', 'allowed', control],
  ['an example of SAM', '*/*/@connections/*', 'allowed', elementResource],
  ['one who wants it to work', '*/*/*', 'allowed', elementResource],
  ['two stars beside each other', '**', 'allowed', elementResource],
  ['APIs that begin alike', 'abc*/@connections/*', 'allowed', elementResource],
  ['APIs that begin otherwise', 'xyz*/@connections/*', 'notAllowed', elementResource],
  ['ten characters of an API', '??????????/prod/*', 'allowed', elementResource],
  ['nine characters of an API', '?????????/prod/*', 'notAllowed', elementResource],
  ['a grant of CDK to a stage', 'abcdefghij/prod/*/@connections/*', 'allowed', control],
  ['a grant of CDK to an API', 'abcdefghij/*/*/@connections/*', 'allowed', control],
  ['SAM, for its own API', 'abcdefghij/*', 'allowed', control],
  ['the console', 'abcdefghij/prod/POST/@connections/*', 'allowed', control],
  ['another method', '*/*/DELETE/@connections/*', 'notAllowed', control],
  ['another stage', '*/dev/*/@connections/*', 'notAllowed', control],
  ['in other letters', 'ABCDEFGHIJ/*', 'notAllowed', elementResource],
  ['without a star at the end', '*/@connections', 'notAllowed', elementResource],
  ['the rest left open', '*', 'allowed', elementResource],
];

const posts: readonly Row[] = [
  ...waysToPost.map(([policy, resource, answer, source]) =>
    posting(`${policy}: ${resource}`, [allow(manage, connections(resource))], answer, source),
  ),
  ...waysToPost.map(([policy, resource, answer, source]) =>
    posting(
      `a Deny of ${policy}: ${resource}`,
      [everything, { Effect: 'Deny', Action: manage, Resource: connections(resource) }],
      answer === 'allowed' ? 'denied' : 'allowed',
      source,
    ),
  ),
  ...waysToPost.map(([policy, resource, answer, source]) =>
    posting(
      `all but ${policy}: ${resource}`,
      [{ Effect: 'Allow', Action: manage, NotResource: connections(resource) }],
      answer === 'allowed' ? 'notAllowed' : 'allowed',
      source === elementResource ? 'IAM JSON policy elements: NotResource' : source,
    ),
  ),
  posting(
    'a star for the rest of the ARN',
    [allow(manage, 'arn:aws:execute-api:*')],
    'allowed',
    elementResource,
  ),
  posting(
    'a star for Region and account',
    [allow(manage, 'arn:aws:execute-api:*:abcdefghij/*')],
    'allowed',
    elementResource,
  ),
  posting(
    'any partition',
    [allow(manage, 'arn:*:execute-api:*:*:*/@connections/*')],
    'allowed',
    elementResource,
  ),
  posting(
    'another partition',
    [allow(manage, 'arn:aws-cn:execute-api:*:*:*')],
    'notAllowed',
    elementResource,
  ),
  posting('another Region', [allow(manage, 'arn:aws:execute-api:us-*:*:*')], 'notAllowed', elementResource),
  posting(
    'one ARN of a list',
    [{ Effect: 'Allow', Action: [manage], Resource: [rooms, connections('*/@connections/*')] }],
    'allowed',
    elementResource,
  ),
  posting(
    'a Deny of all but one list',
    [everything, { Effect: 'Deny', Action: '*', NotResource: [rooms, connections('abcdefghij/*')] }],
    'allowed',
    'IAM JSON policy elements: NotResource',
  ),
];

/** The resource that a policy names, the one that is asked for, and the answer. */
const others: readonly (readonly [string, string, string, Decision])[] = [
  ['DynamoDBCrudPolicy of SAM', 'arn:aws:dynamodb:eu-west-1:111122223333:table/rooms', rooms, 'allowed'],
  ['an index of the table', `${rooms}/index/*`, rooms, 'notAllowed'],
  ['every index', 'arn:aws:dynamodb:*:*:table/*/index/*', `${rooms}/index/byName`, 'allowed'],
  ['a type left open', 'arn:aws:dynamodb:*:*:*/rooms', rooms, 'allowed'],
  ['a question mark in the type', 'arn:aws:dynamodb:*:*:tab?e/rooms', rooms, 'allowed'],
  ['half of a type', 'arn:aws:dynamodb:*:*:tab*', rooms, 'allowed'],
  ['a table of another name', `${rooms}-archive`, rooms, 'notAllowed'],
  ['a name in capitals', rooms.replace('rooms', 'Rooms'), rooms, 'notAllowed'],
  ['a Region in capitals', rooms.replace('eu-west-1', 'EU-WEST-1'), rooms, 'notAllowed'],
  ['a dot, which is a dot', rooms.replace('rooms', 'r..ms'), rooms, 'notAllowed'],
  ['a plus in brackets', rooms.replace('rooms', '(rooms)+'), rooms, 'notAllowed'],
  ['every function', 'arn:aws:lambda:*:*:function:*', clerk, 'allowed'],
  ['a function whatever stands before', 'arn:aws:lambda:*:*:*:clerk', clerk, 'allowed'],
  ['the end of a function’s name', 'arn:aws:lambda:*:*:*rk', clerk, 'allowed'],
  ['versions of a function only', `${clerk}:*`, clerk, 'notAllowed'],
  ['LambdaInvokePolicy of SAM', `${clerk}*`, `${clerk}:$LATEST`, 'allowed'],
  [
    'queues that begin alike',
    'arn:aws:sqs:*:*:chat-*',
    `arn:aws:sqs:eu-west-1:${account}:chat-failures`,
    'allowed',
  ],
  ['a star that is asked for', rooms, rooms.replace('rooms', '*'), 'notAllowed'],
];

export const resourceRows: readonly Row[] = [
  ...posts,
  ...others.map(([policy, resource, asked, answer]): Row => {
    const request = asks('any:Action', asked);
    return {
      policy,
      statements: [allow('any:Action', resource)],
      request,
      answer,
      source: elementResource,
    };
  }),
];

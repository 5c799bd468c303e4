import { describe, expect, it } from 'vitest';
import { denialMessage, type Call, type ConditionValue } from '../../src/authorization.ts';
import {
  account,
  allow,
  callersWith,
  documentOf,
  principal,
  type TestedCallers,
} from '../support/local-callers.ts';

const table = `arn:aws:dynamodb:eu-west-1:${account}:table/rooms`;

function call(
  action: string,
  resource = table,
  context: Readonly<Record<string, ConditionValue>> = {},
): Call {
  const thunks = Object.entries(context).map(([key, value]) => [key, () => value] as const);
  return { action, resource, context: Object.fromEntries(thunks) };
}

/** The sentence of a refusal to the function; undefined when it may. */
function refusal({ callers, model }: TestedCallers, asked: Call): string | undefined {
  const denial = callers.roleOf(model.arn)?.denialOf(asked);
  return denial === undefined ? undefined : denialMessage(denial);
}

describe('who calls', () => {
  it('is known by the access key in the signature', async () => {
    const { callers, credentials } = await callersWith([]);
    const header = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00`;
    expect(callers.signerOf(header)?.denialOf(call('dynamodb:GetItem'))?.principalArn).toBe(principal);
  });

  it.each([
    ['credentials that no function has', 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/a/b/aws4_request'],
    ['no signature', undefined],
  ])('is an administrator with %s', async (_title, header) => {
    const { callers } = await callersWith([]);
    expect(callers.signerOf(header)).toBeUndefined();
  });

  it('is not limited with a role that is not the template’s, and the log says so', async () => {
    const other = 'arn:aws:iam::111122223333:role/elsewhere';
    const { callers, model, log } = await callersWith([], { function: { roleArn: other } });
    expect(callers.roleOf(model.arn)).toBeUndefined();
    expect(log).toEqual([`warm-count may call everything: its role ${other} is none of this template's.`]);
  });
});

describe('a call', () => {
  it('is allowed by a statement with its action and resource', async () => {
    const tested = await callersWith([allow('dynamodb:GetItem', table)]);
    expect(refusal(tested, call('dynamodb:GetItem'))).toBeUndefined();
  });

  it.each([
    ['no statement at all', []],
    ['another action', [allow('dynamodb:PutItem', table)]],
    ['another resource', [allow('dynamodb:GetItem', `${table}s`)]],
    ['an index of the table only', [allow('dynamodb:GetItem', `${table}/index/*`)]],
    [
      'a condition that does not hold',
      [allow('dynamodb:GetItem', table, { Bool: { 'aws:SecureTransport': 'false' } })],
    ],
  ])('is refused in AWS’s words with %s', async (_title, statements) => {
    const tested = await callersWith(statements);
    expect(refusal(tested, call('dynamodb:GetItem'))).toBe(
      `User: ${principal} is not authorized to perform: dynamodb:GetItem on resource: ${table} ` +
        'because no identity-based policy allows the dynamodb:GetItem action',
    );
  });

  it('is refused by a Deny whatever else allows it', async () => {
    const tested = await callersWith([
      allow('*', '*'),
      { Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' },
    ]);
    expect(refusal(tested, call('dynamodb:PutItem'))).toBeUndefined();
    expect(refusal(tested, call('dynamodb:DeleteItem'))).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
  });

  it('is refused beyond the permissions boundary', async () => {
    const boundary = { name: 'fence', document: documentOf([allow('dynamodb:Get*', '*')]) };
    const tested = await callersWith([allow('dynamodb:*', table)], { role: { boundary } });
    expect(refusal(tested, call('dynamodb:GetItem'))).toBeUndefined();
    expect(refusal(tested, call('dynamodb:PutItem'))).toMatch(
      /because no permissions boundary allows the dynamodb:PutItem action$/,
    );
    expect(refusal(tested, call('sqs:SendMessage'))).toMatch(/because no identity-based policy allows/);
  });

  it('is allowed by a policy of AWS that is known', async () => {
    const foreignPolicyArns = ['arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess'];
    const tested = await callersWith([], { role: { foreignPolicyArns } });
    expect(refusal(tested, call('dynamodb:Query'))).toBeUndefined();
    expect(refusal(tested, call('dynamodb:PutItem'))).toMatch(/because no identity-based policy allows/);
    expect(tested.log).toEqual([]);
  });

  it('with a star in its resource means just that star', async () => {
    const tested = await callersWith([allow('dynamodb:GetItem', table)]);
    expect(refusal(tested, call('dynamodb:GetItem', table.replace('rooms', '*')))).toMatch(
      /because no identity/,
    );
  });
});

describe('a condition', () => {
  const families = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } };

  it('sees every key of the call', async () => {
    const tested = await callersWith([allow('dynamodb:PutItem', table, families)]);
    const put = (...keys: string[]): string | undefined =>
      refusal(tested, call('dynamodb:PutItem', table, { 'dynamodb:LeadingKeys': keys }));
    expect(put('V#1')).toBeUndefined();
    expect(put('V#1', 'V#2')).toBeUndefined();
    expect(put('V#1', 'G#1')).toMatch(/because no identity-based policy allows/);
  });

  it.each([
    ['aws:PrincipalArn', `arn:aws:iam::${account}:role/clerk`],
    ['aws:RequestedRegion', 'eu-west-1'],
    ['aws:SecureTransport', 'true'],
    ['lambda:SourceFunctionArn', 'arn:aws:lambda:eu-west-1:111122223333:function:warm-count'],
  ])('knows %s', async (key, value) => {
    const asked = call('dynamodb:GetItem');
    const holds = await callersWith([allow('dynamodb:GetItem', table, { StringEquals: { [key]: value } })]);
    const fails = await callersWith([allow('dynamodb:GetItem', table, { StringEquals: { [key]: 'x' } })]);
    expect([refusal(holds, asked), refusal(fails, asked)]).toEqual([undefined, expect.any(String)]);
  });

  it('may compare the time', async () => {
    const until = (time: string) =>
      callersWith([allow('dynamodb:GetItem', table, { DateLessThan: { 'aws:CurrentTime': time } })]);
    expect(refusal(await until('2026-02-01T00:00:00Z'), call('dynamodb:GetItem'))).toBeUndefined();
    expect(refusal(await until('2025-12-01T00:00:00Z'), call('dynamodb:GetItem'))).toEqual(
      expect.any(String),
    );
  });

  it('stands in a resource as a variable', async () => {
    const own = `arn:aws:dynamodb:eu-west-1:${account}:table/\${aws:PrincipalAccount}`;
    const tested = await callersWith([allow('dynamodb:GetItem', own)]);
    expect(
      refusal(tested, call('dynamodb:GetItem', own.replace('${aws:PrincipalAccount}', account))),
    ).toBeUndefined();
    expect(refusal(tested, call('dynamodb:GetItem', table))).toEqual(expect.any(String));
  });
});

describe('a tag of the role', () => {
  const tags = { tenant: 'grand' };
  const key = 'aws:PrincipalTag/tenant';
  const writes = (leadingKey: string): Call =>
    call('dynamodb:PutItem', table, { 'dynamodb:LeadingKeys': [leadingKey] });

  it.each([
    [key, 'grand', undefined],
    ['aws:principaltag/Tenant', 'grand', undefined],
    [key, 'plaza', expect.any(String)],
  ])('is the condition key %s, compared with %s', async (name, value, answer) => {
    const statement = allow('dynamodb:PutItem', table, { StringEquals: { [name]: value } });
    const tested = await callersWith([statement], { role: { tags } });
    expect([refusal(tested, writes('grand')), tested.log]).toEqual([answer, []]);
  });

  it('stands in an operand as a variable', async () => {
    const own = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`\${${key}}#*`] } };
    const tested = await callersWith([allow('dynamodb:PutItem', table, own)], { role: { tags } });
    expect(refusal(tested, writes('grand#1'))).toBeUndefined();
    expect(refusal(tested, writes('plaza#1'))).toEqual(expect.any(String));
    expect(tested.log).toEqual([]);
  });

  it('stands in a resource as a variable', async () => {
    const own = table.replace('rooms', `\${${key}}-rooms`);
    const tested = await callersWith([allow('dynamodb:GetItem', own)], { role: { tags } });
    const read = (name: string): string | undefined =>
      refusal(tested, call('dynamodb:GetItem', table.replace('rooms', name)));
    expect([read('grand-rooms'), read('plaza-rooms')]).toEqual([undefined, expect.any(String)]);
    expect(tested.log).toEqual([]);
  });

  it('that the role does not have is said, as a key and as a variable', async () => {
    const own = { StringEquals: { [key]: `\${${key}}` } };
    const tested = await callersWith([allow('dynamodb:PutItem', table, own)]);
    expect(refusal(tested, writes('grand'))).toEqual(expect.any(String));
    expect(tested.log).toEqual([
      `ClerkRole has a condition on ${key}, which no call has here.`,
      `ClerkRole has the policy variable \${${key}}, which no call fills here.`,
    ]);
  });
});

describe('what is not known of a role', () => {
  it.each([
    ['in a resource', allow('dynamodb:GetItem', `${table}-\${aws:username}`), ['aws:username']],
    [
      'in an operand',
      allow('dynamodb:GetItem', table, { StringLike: { 'dynamodb:Select': ['A', '${saml:sub}*'] } }),
      ['saml:sub'],
    ],
    [
      'that has several values',
      allow('dynamodb:GetItem', `${table}/\${dynamodb:LeadingKeys}`),
      ['dynamodb:LeadingKeys'],
    ],
    ['with a default', allow('dynamodb:GetItem', `${table}-\${aws:username, 'all'}`), []],
    ['that is a character', allow('dynamodb:GetItem', `${table}-\${*}\${?}\${$}`), []],
    ['that calls fill', allow('dynamodb:GetItem', `${table}-\${AWS:PrincipalAccount}`), []],
    ['of a service that is not checked here', allow('s3:GetObject', 'arn:aws:s3:::b/${aws:username}'), []],
  ])('is said of a policy variable: one %s', async (_title, statement, names: string[]) => {
    const { log } = await callersWith([statement]);
    expect(log).toEqual(
      names.map((name) => `ClerkRole has the policy variable \${${name}}, which no call fills here.`),
    );
  });

  it('is not said of a text that is no variable in the older version of policies', async () => {
    const document = {
      Version: '2008-10-17',
      Statement: [allow('dynamodb:GetItem', `${table}-\${aws:username}`)],
    };
    const { log } = await callersWith([], { role: { policies: [{ name: 'own', document }] } });
    expect(log).toEqual([]);
  });

  it('is said: policies, a boundary, conditions of services that are checked here', async () => {
    const { log } = await callersWith(
      [
        allow('dynamodb:GetItem', table, { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }),
        allow('s3:GetObject', '*', { StringEquals: { 's3:prefix': 'a' } }),
      ],
      {
        role: {
          foreignPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
          boundaryArn: 'arn:aws:iam::111122223333:policy/fence',
        },
      },
    );
    expect(log).toEqual([
      'ClerkRole has the policy arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, which is not known here: what only it allows is refused.',
      'ClerkRole has the boundary arn:aws:iam::111122223333:policy/fence, which is not known here and limits nothing.',
      'ClerkRole has a condition on aws:SourceVpc, which no call has here.',
    ]);
  });

  it('refuses the start when IAM would not take it', async () => {
    const typo = { Effect: 'Allow', Actions: 'dynamodb:GetItem', Resource: '*' };
    await expect(callersWith([typo])).rejects.toThrow(
      'IAM would not take ClerkRole: policy own: Invalid key Actions (at Statement[0].#Actions).',
    );
  });
});

it('tells what was asked for, with every condition key of the service', async () => {
  const tested = await callersWith([allow('dynamodb:GetItem', table)]);
  refusal(tested, call('dynamodb:GetItem', table, { 'dynamodb:LeadingKeys': ['V#1'] }));
  refusal(tested, call('dynamodb:PutItem'));
  expect(tested.observed).toMatchObject([
    {
      principalArn: principal,
      action: 'dynamodb:GetItem',
      context: { 'dynamodb:LeadingKeys': ['V#1'] },
      allowed: true,
    },
    { action: 'dynamodb:PutItem', resource: table, allowed: false },
  ]);
});

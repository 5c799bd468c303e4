import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { at, functionProperties, ownIssuer, resources, synthesize } from './synthesized.ts';

const template = synthesize();
const [pool] = Object.keys(resources(template, 'AWS::Cognito::UserPool'));
const [client] = Object.keys(resources(template, 'AWS::Cognito::UserPoolClient'));

describe('Without an issuer', () => {
  test('a user pool is made into which nobody can sign up alone', () => {
    template.resourceCountIs('AWS::Cognito::UserPool', 1);
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 12 }) },
    });
  });

  test('a user is the same in capitals and in small letters, which no later deployment could change', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      UsernameConfiguration: { CaseSensitive: false },
    });
  });

  test('the pool outlives the stack', () => {
    template.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Retain',
      Properties: { DeletionProtection: 'ACTIVE' },
    });
  });

  test('users have a hotel and a role that only an administrator can write', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      Schema: [
        Match.objectLike({
          Name: 'hotel_id',
          StringAttributeConstraints: { MinLength: '1', MaxLength: '160' },
        }),
        Match.objectLike({ Name: 'role' }),
      ],
    });
    // An absent or empty list would let a client write everything.
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', { WriteAttributes: ['locale'] });
  });

  test('the ID token of a browser holds them and lives for an hour', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      ReadAttributes: Match.arrayWith(['custom:hotel_id', 'custom:role', 'name']),
      IdTokenValidity: 60,
      TokenValidityUnits: Match.objectLike({ IdToken: 'minutes' }),
    });
  });

  test('a browser signs in with SRP, without a secret and without a redirect to anywhere', () => {
    template.resourceCountIs('AWS::Cognito::UserPoolClient', 1);
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      GenerateSecret: false,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      AllowedOAuthFlowsUserPoolClient: false,
      CallbackURLs: Match.absent(),
    });
  });

  test('the authorizer trusts that pool and that client alone', () => {
    const written = at(
      functionProperties(template, 'authorizer'),
      'Environment',
      'Variables',
      'TOKEN_TRUST',
      'Fn::Join',
      '1',
    );
    const parts: unknown[] = Array.isArray(written) ? written : [];
    const ids = parts.map((part) => (typeof part === 'string' ? part : String(at(part, 'Ref'))));
    expect(JSON.parse(ids.join(''))).toEqual({
      kind: 'cognito',
      userPoolId: pool,
      clientId: client,
      claims: {
        hotel: 'custom:hotel_id',
        departments: 'cognito:groups',
        name: 'name',
        role: 'custom:role',
      },
    });
  });

  test('the pool and the client are among the outputs', () => {
    template.hasOutput('UserPoolId', { Value: { Ref: pool } });
    template.hasOutput('UserPoolClientId', { Value: { Ref: client } });
  });
});

test('With an own issuer nothing of Cognito is made', () => {
  expect(JSON.stringify(synthesize(ownIssuer).toJSON())).not.toMatch(/Cognito|UserPool/i);
});

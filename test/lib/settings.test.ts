import { describe, expect, test } from 'vitest';
import { readSettings } from '../../lib/settings.ts';
import { ownIssuer, settingsFrom } from './synthesized.ts';
import type { Context } from './synthesized.ts';

function problems(context: Context): readonly string[] {
  const read = readSettings(context);
  return 'problems' in read ? read.problems : [];
}

describe('An empty context', () => {
  test('stands for a Cognito pool, any origin, stage live, 30 days, one shard and a logging role of its own', () => {
    expect(settingsFrom({})).toEqual({
      oidc: undefined,
      allowedOrigins: ['*'],
      requireOrigin: false,
      stage: 'live',
      retentionDays: 30,
      groupShards: 1,
      apiGatewayLoggingRole: 'create',
    });
  });

  test('is not disturbed by what the CDK puts there for itself', () => {
    const own = {
      '@aws-cdk/core:stackRelativeExports': true,
      'aws:cdk:bundling-stacks': ['**'],
      'cli-telemetry': false,
      'availability-zones:account=1:region=eu-west-1': [],
    };
    expect(problems(own)).toEqual([]);
  });
});

describe('A good value', () => {
  test('means the same as text of the command line and as JSON of cdk.json', () => {
    const text = {
      ...ownIssuer,
      requireOrigin: 'true',
      retentionDays: '90',
      groupShards: '4',
      allowedOrigins: '["https://a.example"]',
      claims: '{"hotel":"https://claims.example/hotel"}',
    };
    const values = {
      ...ownIssuer,
      requireOrigin: true,
      retentionDays: 90,
      groupShards: 4,
      allowedOrigins: ['https://a.example'],
      claims: { hotel: 'https://claims.example/hotel' },
    };
    expect(settingsFrom(text)).toEqual(settingsFrom(values));
    expect(settingsFrom(text).oidc?.claims).toEqual({
      hotel: 'https://claims.example/hotel',
      departments: 'departments',
      name: 'name',
      role: 'role',
    });
  });

  test('lists origins with commas, spaces and ports', () => {
    expect(
      settingsFrom({ allowedOrigins: 'https://a.example, http://127.0.0.1:8080' }).allowedOrigins,
    ).toEqual(['https://a.example', 'http://127.0.0.1:8080']);
  });

  test.each([
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://my-app.example:3000',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  ])('takes %s, the origin of an app that brings its pages along', (origin) => {
    expect(settingsFrom({ allowedOrigins: `https://a.example,${origin}` }).allowedOrigins).toEqual([
      'https://a.example',
      origin,
    ]);
  });

  test.each([
    'https://login.example.com',
    'https://tenant.auth0.example/',
    'https://login.example.com/realms/hotel',
  ])('keeps the issuer %s letter by letter', (issuer) => {
    expect(settingsFrom({ ...ownIssuer, issuer }).oidc?.issuer).toBe(issuer);
  });

  test('may name the key set and the type of the tokens', () => {
    const oidc = settingsFrom({ ...ownIssuer, jwksUri: 'https://keys.example/k?p=1', tokenTyp: 'any' }).oidc;
    expect(oidc).toMatchObject({ jwksUri: 'https://keys.example/k?p=1', tokenTyp: 'any' });
  });
});

describe('A wrong value', () => {
  const origins = '"*" or a list of exact origins such as "https://staff.example.com,capacitor://localhost"';
  const issuer = 'an https URL without query or fragment, written exactly as the tokens\' "iss" claim';
  const jwksUri = 'the https URL of the key set, such as "https://login.example.com/keys"';
  const tokenTyp = 'the "typ" header of the tokens, such as "at+jwt", or "any"';
  const claims = 'a JSON object that maps some of hotel, departments, name, role to names of claims';
  const stage = '1 to 128 letters, digits, hyphens and underscores';
  const shards = 'a whole number from 1 to 64';
  const days =
    'a number of days that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653';

  test.each([
    ['issuer', 'http://login.example.com', issuer],
    ['issuer', 'login.example.com', issuer],
    ['issuer', 'https://login.example.com?tenant=1', issuer],
    ['issuer', 'https://login.example.com/?', issuer],
    ['issuer', 'https://login.example.com#x', issuer],
    ['issuer', 'https://user@login.example.com', issuer],
    ['issuer', 'https://Login.example.com', issuer],
    ['issuer', ' https://login.example.com', issuer],
    ['audience', '', 'the "aud" claim of the tokens, as text'],
    ['audience', ['a'], 'the "aud" claim of the tokens, as text'],
    ['jwksUri', 'http://login.example.com/keys', jwksUri],
    ['tokenTyp', 'two words', tokenTyp],
    ['claims', '{"hotel":', claims],
    ['claims', '["hotel"]', claims],
    ['claims', '{"hotels":"h"}', claims],
    ['claims', { hotel: 7 }, claims],
    ['allowedOrigins', 'https://a.example/', origins],
    ['allowedOrigins', 'https://a.example/path', origins],
    ['allowedOrigins', 'https://*.example', origins],
    ['allowedOrigins', 'https://A.example', origins],
    ['allowedOrigins', 'https://a.example:443', origins],
    ['allowedOrigins', 'a.example', origins],
    ['allowedOrigins', 'null', origins],
    ['allowedOrigins', '', origins],
    ['allowedOrigins', 'capacitor://localhost/', origins],
    ['allowedOrigins', 'capacitor://', origins],
    ['allowedOrigins', 'capacitor://*', origins],
    ['allowedOrigins', 'Capacitor://localhost', origins],
    ['allowedOrigins', 'file://localhost', origins],
    ['allowedOrigins', 'wss://a.example', origins],
    ['allowedOrigins', 'javascript:alert(1)', origins],
    ['allowedOrigins', [], origins],
    ['allowedOrigins', '["*","https://a.example"]', origins],
    ['requireOrigin', 'yes', 'true or false'],
    ['requireOrigin', 1, 'true or false'],
    ['stage', '$default', stage],
    ['stage', 'a/b', stage],
    ['stage', '', stage],
    ['retentionDays', '31', days],
    ['retentionDays', '9999', days],
    ['retentionDays', true, days],
    ['groupShards', '0', shards],
    ['groupShards', 65, shards],
    ['groupShards', '1.5', shards],
    ['groupShards', 'many', shards],
    ['apiGatewayLoggingRole', 'made', '"create" or "exists"'],
  ])('for %s, %j, is one sentence that says what would be right', (key, value, must) => {
    expect(problems({ ...ownIssuer, [key]: value })).toEqual([
      `Context ${key} is ${JSON.stringify(value)}, but must be ${must}.`,
    ]);
  });

  test('is shown in part when it is long', () => {
    const [problem] = problems({ stage: 'x'.repeat(5000) });
    expect(problem).toHaveLength(`Context stage is , but must be ${stage}.`.length + 101);
  });

  test('does not hide another one', () => {
    expect(problems({ stage: '', groupShards: 0, typo: 1 })).toHaveLength(3);
  });
});

describe('An incomplete or unknown key', () => {
  test('issuer needs an audience', () => {
    expect(problems({ issuer: 'https://login.example.com' })).toEqual([
      'Context issuer is given without audience, but an OpenID Connect provider needs both.',
    ]);
  });

  test.each(['audience', 'jwksUri', 'tokenTyp', 'claims'])('%s needs an issuer', (key) => {
    expect(problems({ [key]: 'x' })).toEqual([
      `Context ${key} is given without issuer, but describes the tokens of an issuer.`,
    ]);
  });

  test.each(['allowedOrigin', 'Stage', 'foo', 'toString'])(
    '%s is refused with a list of the known ones',
    (key) => {
      expect(problems({ [key]: 'x' })).toEqual([
        `Context ${key} is unknown; the known keys are issuer, audience, jwksUri, tokenTyp, claims, allowedOrigins, requireOrigin, stage, retentionDays, groupShards, apiGatewayLoggingRole.`,
      ]);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { at, connect, connectKnown, launch, refusedStatus } from './support.ts';
import { shapes } from './shapes.ts';
import type { ApiShape, ApiUnderTest, ConformanceTarget, FunctionAnswer } from './target.ts';

const guarded: ApiShape = shapes.guardedByHeader;
const headers = { 'X-Token': 'secret' };

interface Statement {
  readonly effect?: 'Allow' | 'Deny';
  readonly resource: string | readonly string[];
}

export function describeAuthorizer(target: ConformanceTarget): void {
  describeIdentity(target);
  describeVerdicts(target);
  describePolicies(target);
  describeContext(target);
}

function verdict(statements: readonly Statement[], context?: unknown): FunctionAnswer {
  const policyDocument = {
    Version: '2012-10-17',
    Statement: statements.map(({ effect = 'Allow', resource }) => ({
      Action: 'execute-api:Invoke',
      Effect: effect,
      Resource: resource,
    })),
  };
  return { returns: { principalId: 'ana', policyDocument, context } };
}

async function admit(api: ApiUnderTest, context?: unknown): Promise<void> {
  await api.script('authorizer', verdict([{ resource: api.arn('$connect') }], context));
}

function describeIdentity(target: ConformanceTarget): void {
  describe('authorizer: identity', () => {
    it('9 · runs before $connect, and $connect does not run after a refusal', async () => {
      const api = await launch(target, guarded);
      await api.script('authorizer', verdict([{ effect: 'Deny', resource: '*' }]));
      await refusedStatus(api, { headers });
      expect(await api.calls('authorizer')).toHaveLength(1);
      expect(await api.calls('$connect')).toHaveLength(0);
      await admit(api);
      await connect(api, { headers });
      expect(await api.calls('$connect')).toHaveLength(1);
    });

    it.each([
      ['header', shapes.guardedByHeader, undefined],
      ['header of no characters', shapes.guardedByHeader, { headers: { 'X-Token': '' } }],
      ['query parameter', shapes.guardedByQuery, undefined],
      ['query parameter of no characters', shapes.guardedByQuery, { query: '?token=' }],
      ['stage variable', shapes.guardedByStageVariable, undefined],
    ])(
      '10 · answers 401 without asking the authorizer when its %s is missing',
      async (_name, shape, options) => {
        const api = await launch(target, shape);
        await admit(api);
        expect(await refusedStatus(api, options)).toBe(401);
        expect(await api.calls('authorizer')).toHaveLength(0);
        expect(await api.calls('$connect')).toHaveLength(0);
      },
    );

    it('10 · asks the authorizer when every identity source has a value, in whatever case of the header', async () => {
      const api = await launch(target, shapes.guardedByThree);
      await admit(api);
      expect(await refusedStatus(api, { headers })).toBe(401);
      await connect(api, { headers, query: '?t=1' });
      expect(await api.calls('authorizer')).toHaveLength(1);
    });

    it('18 · is asked again by a second connection with the same token', async () => {
      const api = await launch(target, guarded);
      await admit(api);
      await connect(api, { headers });
      await connect(api, { headers });
      expect(await api.calls('authorizer')).toHaveLength(2);
    });
  });
}

function describeVerdicts(target: ConformanceTarget): void {
  describe('authorizer: verdict', () => {
    it('11 · refuses with 403 for a Deny', async () => {
      const api = await launch(target, guarded);
      await api.script('authorizer', verdict([{ effect: 'Deny', resource: api.arn('$connect') }]));
      expect(await refusedStatus(api, { headers })).toBe(403);
    });

    it('12 · refuses with 401 when it throws "Unauthorized"', async () => {
      const api = await launch(target, guarded);
      await api.script('authorizer', { throws: 'Unauthorized' });
      expect(await refusedStatus(api, { headers })).toBe(401);
    });

    it.each<[string, FunctionAnswer]>([
      ['throws anything else', { throws: 'Unauthorized by the key' }],
      ['returns nothing', { returns: null }],
      ['returns no policy', { returns: { principalId: 'ana' } }],
      ['answers as HTTP APIs may', { returns: { isAuthorized: true } }],
      ['returns a policy without statements', { returns: { principalId: 'ana', policyDocument: {} } }],
    ])('13 · refuses with 500 when it %s', async (_name, answer) => {
      const api = await launch(target, guarded);
      await api.script('authorizer', answer);
      expect(await refusedStatus(api, { headers })).toBe(500);
      expect(await api.calls('$connect')).toHaveLength(0);
    });
  });
}

function describePolicies(target: ConformanceTarget): void {
  describe('authorizer: policy', () => {
    it('14 · refuses with 403 when what it allows is another resource', async () => {
      const api = await launch(target, guarded);
      await api.script(
        'authorizer',
        verdict([{ resource: [api.arn('$disconnect'), `${api.arn('$connect')}x`] }]),
      );
      expect(await refusedStatus(api, { headers })).toBe(403);
    });

    it.each<[string, (api: ApiUnderTest) => string]>([
      ['*', () => '*'],
      ['arn:aws:execute-api:*', () => 'arn:aws:execute-api:*'],
      ['…/{stage}/*', (api) => api.arn('*')],
      ['…/*/$connect', (api) => api.arn('$connect').replace(/\/[^/]+\/\$connect$/, '/*/$connect')],
      ['…/$conn?ct', (api) => api.arn('$conn?ct')],
    ])('14 · honours the wildcards of %s', async (_name, resource) => {
      const api = await launch(target, guarded);
      await api.script('authorizer', verdict([{ resource: resource(api) }]));
      await connect(api, { headers });
      expect(await api.calls('$connect')).toHaveLength(1);
    });

    it('15 · lets an explicit Deny win over an Allow, whichever comes first', async () => {
      const api = await launch(target, guarded);
      const allow: Statement = { resource: '*' };
      const deny: Statement = { effect: 'Deny', resource: api.arn('$connect') };
      await api.script('authorizer', verdict([allow, deny]));
      expect(await refusedStatus(api, { headers })).toBe(403);
      await api.script('authorizer', verdict([deny, allow]));
      expect(await refusedStatus(api, { headers })).toBe(403);
    });
  });
}

function describeContext(target: ConformanceTarget): void {
  describe('authorizer: event and context', () => {
    it('16 · gets a REQUEST event whose methodArn is that of $connect, without path fields', async () => {
      const api = await launch(target, guarded);
      await admit(api);
      const { connectionId } = await connectKnown(api, { headers, query: '?q=1' });
      const { event } = await api.nextCall('authorizer');
      expect(event).toMatchObject({ type: 'REQUEST', methodArn: api.arn('$connect') });
      expect(at(event, 'headers.X-Token')).toBe('secret');
      expect(at(event, 'queryStringParameters')).toEqual({ q: '1' });
      expect(at(event, 'requestContext.connectionId')).toBe(connectionId);
      for (const name of ['path', 'pathParameters', 'httpMethod', 'resource'])
        expect(event).not.toHaveProperty(name);
    });

    it('17 · leaves its context and principalId in every event of the connection', async () => {
      const api = await launch(target, guarded);
      await admit(api, { hotel: 'grand' });
      const client = await connect(api, { headers });
      client.socket.send('{"action":"x"}');
      const events = [await api.nextCall('$connect'), await api.nextCall('x')];
      client.socket.close();
      events.push(await api.nextCall('$disconnect'));
      for (const { event } of events) {
        expect(at(event, 'requestContext.authorizer')).toMatchObject({ hotel: 'grand', principalId: 'ana' });
      }
    });

    it.each([
      ['an object', { hotel: { id: 'grand' } }],
      ['an array', { departments: ['front-desk'] }],
    ])('19 · is refused with 500 when its context holds %s', async (_name, context) => {
      const api = await launch(target, guarded);
      await admit(api, context);
      expect(await refusedStatus(api, { headers })).toBe(500);
      expect(await api.calls('$connect')).toHaveLength(0);
    });
  });
}

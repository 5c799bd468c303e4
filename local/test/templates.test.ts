import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GuardedRooms } from './fixtures/templates/guarded/stack.ts';
import { eventually } from './support/eventually.ts';
import { localCommand, startLocalCommand, type LocalAddresses } from './support/local-command.ts';
import { synthesize } from './support/synthesize.ts';
import { attempt, type Client } from './gateway/conformance/client.ts';

const templates = join(import.meta.dirname, './fixtures/templates');
const chat = join(templates, 'chat.yaml');
const rooms = ['--template', join(templates, 'rooms.json'), '--code', `Room=${join(templates, 'rooms')}`];

const patient = { timeout: 60_000 };

function urlOf({ apis }: LocalAddresses): string {
  return apis[0]?.stages[0]?.websocket ?? '';
}

async function open(url: string): Promise<Client> {
  const result = await attempt(url).result;
  if (result.outcome === 'open') return result.client;
  throw new Error(`the handshake ended with ${result.response?.statusCode}`);
}

function dynamodbOf({ dynamodb }: LocalAddresses): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: dynamodb, region: 'us-east-1', credentials });
  onTestFinished(() => client.destroy());
  return client;
}

describe('a plain CloudFormation chat with CommonJS handlers and a scan', patient, () => {
  const message = JSON.stringify({ message: 'sendmessage', data: 'Hello everyone' });

  async function rows(addresses: LocalAddresses): Promise<number | undefined> {
    const { Count: count } = await dynamodbOf(addresses).send(
      new ScanCommand({ TableName: addresses.tables['ConnectionsTable'] }),
    );
    return count;
  }

  it('delivers to every connection, and forgets those that left', async () => {
    const { addresses } = await startLocalCommand('--template', chat);
    expect(addresses.outputs['WebSocketURI']).toMatch(
      /^wss:\/\/\w{10}\.execute-api\.us-east-1\.amazonaws\.com\/Prod$/,
    );
    const [ana, ben] = [await open(urlOf(addresses)), await open(urlOf(addresses))];
    ana.socket.send(message);
    expect(await Promise.all([ana.next(), ben.next()])).toEqual(['Hello everyone', 'Hello everyone']);
    ben.socket.close();
    await eventually(async () => expect(await rows(addresses)).toBe(1));
    ana.socket.send(message);
    expect(await ana.next()).toBe('Hello everyone');
  });

  it('shows the fault that it has in AWS: SDK v3 gives no statusCode, and the dead connection stays', async () => {
    const { addresses } = await startLocalCommand('--template', chat, '--parameter', 'TableName=others');
    expect(addresses.tables).toEqual({ ConnectionsTable: 'others' });
    const dead = { connectionId: { S: 'JC1dgf9yoAMCK-g=' } };
    await dynamodbOf(addresses).send(new PutItemCommand({ TableName: 'others', Item: dead }));
    const ana = await open(urlOf(addresses));
    for (const expected of ['Hello everyone', 'Hello everyone']) {
      ana.socket.send(message);
      expect(await ana.next()).toBe(expected);
    }
    expect(await rows(addresses)).toBe(2);
  });
});

describe('a CDK application with an authorizer and an index of each kind', patient, () => {
  it('admits who has a token, and delivers to the room', async () => {
    const assembly = synthesize((app) => new GuardedRooms(app, 'GuardedRooms'));
    const { addresses } = await startLocalCommand('--assembly', assembly);
    const url = urlOf(addresses);
    for (const [query, status] of [
      ['', 401],
      ['?token=stolen', 403],
    ] as const) {
      expect((await attempt(url + query).result).response?.statusCode).toBe(status);
    }
    const ben = await open(`${url}?token=token-of-ben&room=7`);
    const ana = await open(`${url}?token=token-of-ana&room=7`);
    const elsewhere = await open(`${url}?token=token-of-ana&room=8`);
    ana.socket.send('{"action":"say","text":"Breakfast?"}');
    expect(await Promise.all([ana.next(), ben.next()])).toEqual(['Ana: Breakfast?', 'Ana: Breakfast?']);
    ben.socket.send('{"action":"who"}');
    expect(await ben.next()).toBe('["Ana","Ben"]');
    ben.socket.close();
    await eventually(async () => {
      ana.socket.send('{"action":"who"}');
      expect(await ana.next()).toBe('["Ana"]');
    });
    elsewhere.socket.send('{"action":"who"}');
    expect(await elsewhere.next()).toBe('["Ana"]');
  });
});

describe('a template with a route selection expression of its own', patient, () => {
  const say = (service: string, verb: string) =>
    JSON.stringify({ service, verb, room: '7', text: 'Towels, please' });

  it('routes by both parts of it, without a $connect route and without route responses', async () => {
    const { addresses } = await startLocalCommand(...rooms, '--parameter', 'CodeBucket=none');
    expect(addresses.apis[0]).toMatchObject({ name: 'rooms-dev', stages: [{ name: 'dev' }] });
    expect(Object.keys(addresses.tables)).toEqual(['Members']);
    const [ana, ben] = [await open(urlOf(addresses)), await open(urlOf(addresses))];
    for (const client of [ana, ben]) {
      client.socket.send(say('room', 'join'));
      expect(await client.next()).toBe('joined 7');
    }
    ana.socket.send(say('room', 'tell'));
    expect(await Promise.all([ana.next(), ben.next()])).toEqual(['Towels, please', 'Towels, please']);
    ana.socket.send(say('audit', 'count'));
    expect(JSON.parse(await ana.next())).toMatchObject({ message: 'Forbidden' });
  });

  it('runs in the account and the partition that it is given, whose host names lead here', async () => {
    const location = ['--account', '123456789012', '--region', 'cn-north-1'];
    const { addresses } = await startLocalCommand(...rooms, '--parameter', 'CodeBucket=none', ...location);
    const ana = await open(urlOf(addresses));
    ana.socket.send(say('room', 'join'));
    expect(await ana.next()).toBe('joined 7');
    ana.socket.send(say('room', 'tell'));
    expect(await ana.next()).toBe('Towels, please');
  });

  it('has what its conditions ask for when a parameter says so', async () => {
    const parameters = ['CodeBucket=none', 'Environment=prod', 'Prefix=hotel'];
    const { addresses } = await startLocalCommand(
      ...rooms,
      ...parameters.flatMap((parameter) => ['--parameter', parameter]),
    );
    expect(addresses.apis[0]).toMatchObject({ name: 'hotel-prod', stages: [{ name: 'prod' }] });
    expect(addresses.tables['Audit']).toBe('hotel-audit');
    const ana = await open(urlOf(addresses));
    ana.socket.send(say('room', 'join'));
    await ana.next();
    ana.socket.send(say('room', 'tell'));
    expect(await ana.next()).toBe('Towels, please');
    ana.socket.send(say('audit', 'count'));
    expect(await ana.next()).toBe('1 told');
  });

  it('is refused with the names of the parameters that have no value, before anything starts', async () => {
    const { code, stdout, stderr } = await localCommand(...rooms);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'This template cannot be run here: Room (AWS::Lambda::Function): ' +
        'the parameter CodeBucket has no default value: say one, as in CodeBucket=value\n',
    );
  });
});

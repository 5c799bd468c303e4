import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { localCommand, startLocalCommand } from './support/local-command.ts';
import { descendants, isRunning } from './support/running-processes.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const demo = join(import.meta.dirname, './fixtures/demo-assembly');
const patient = { timeout: 60_000 };

const address = (scheme: string, path = ''): unknown =>
  expect.stringMatching(new RegExp(`^${scheme}://127\\.0\\.0\\.1:\\d+${path}$`));

describe('npm run local', patient, () => {
  it('prints one line of JSON', async () => {
    const started = await startLocalCommand('--assembly', demo);
    expect(started.addresses).toEqual({
      apis: [
        {
          logicalId: 'Api',
          id: expect.stringMatching(/^\w{10}$/) as unknown,
          name: 'chat',
          stages: [{ name: 'prod', websocket: address('ws', '/prod'), management: address('http', '/prod') }],
        },
      ],
      lambda: address('http'),
      dynamodb: address('http'),
      functions: {
        Chat: expect.stringMatching(/^Demo-Chat-/) as unknown,
        Inline: expect.any(String) as unknown,
      },
      tables: { Rooms: expect.stringMatching(/^Demo-Rooms-/) as unknown },
      outputs: { Url: expect.stringMatching(/^wss:/) as unknown },
    });
    const { stdout } = await started.stop();
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends at %s with nothing left', async (signal) => {
    const started = await startLocalCommand('--assembly', demo);
    const own = descendants(started.pid);
    expect(own.length).toBeGreaterThan(0);
    expect((await started.stop(signal)).code).toBe(0);
    await eventually(() => expect(own.filter(isRunning)).toEqual([]));
  });

  it('names what it cannot run, resource by resource, before it starts anything', async () => {
    const template = join(temporaryDirectory(), 'shop.yaml');
    const data = join(temporaryDirectory(), 'data');
    writeFileSync(
      template,
      `Resources:
  Orders: { Type: AWS::Kinesis::Stream }
  Worker: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: a.b, Code: { ZipFile: '' } } }
  Site: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: site, ProtocolType: HTTP } }`,
    );
    const { code, stdout, stderr } = await localCommand('--template', template, '--data', data);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n  ')).toEqual([
      'This template cannot be run here:',
      'Orders (AWS::Kinesis::Stream): this type of resource is not supported',
      'Worker (AWS::Lambda::Function): the runtime python3.13 is not supported; only Node.js runs here',
      'Site (AWS::ApiGatewayV2::Api): the protocol HTTP is not supported; only WEBSOCKET runs here',
    ]);
  });

  it('says in one sentence what a command line lacks, and ends with 2', async () => {
    const { code, stdout, stderr } = await localCommand('--memory');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe('Say what to run: either --assembly cdk.out or --template template.yaml.\n');
  });

  it('prints how it is used', async () => {
    const { code, stdout } = await localCommand('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^npm run local -- --assembly DIR/);
  });
});

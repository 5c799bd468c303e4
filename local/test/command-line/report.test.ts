import { expect, test } from 'vitest';
import { reportAsText } from '../../src/command-line/report.ts';
import type { Running } from '../../src/index.ts';

const running: Running = {
  apis: [
    {
      logicalId: 'Api',
      id: 'a1b2c3d4e5',
      name: 'chat',
      stages: [
        { name: 'dev', websocketUrl: 'ws://127.0.0.1:1/dev', managementUrl: 'http://127.0.0.1:1/dev' },
        { name: 'prod', websocketUrl: 'ws://127.0.0.1:1/prod', managementUrl: 'http://127.0.0.1:1/prod' },
      ],
    },
  ],
  lambdaUrl: 'http://127.0.0.1:2',
  dynamodbUrl: 'http://127.0.0.1:3',
  engineUrl: 'http://127.0.0.1:4',
  outputs: { Url: 'wss://a1b2c3d4e5' },
  functions: [{ logicalId: 'Chat', name: 'demo-Chat', arn: 'arn' }],
  tables: [],
  died: Promise.resolve(''),
  stop: () => Promise.resolve(),
};

test('every address of every stage has a line, and the last says "ready"', () => {
  expect(reportAsText(running)).toEqual([
    'WebSocket      ws://127.0.0.1:1/dev   (API chat, stage dev)',
    '@connections   http://127.0.0.1:1/dev',
    'WebSocket      ws://127.0.0.1:1/prod   (API chat, stage prod)',
    '@connections   http://127.0.0.1:1/prod',
    'Lambda API     http://127.0.0.1:2',
    'DynamoDB       http://127.0.0.1:3',
    'function       Chat = demo-Chat',
    'output         Url = wss://a1b2c3d4e5',
    'ready',
  ]);
});

import { describe, expect, test } from 'vitest';
import { reportAsJson, reportAsText } from '../../../dev/run/report.ts';

const addresses = {
  websocket: 'ws://127.0.0.1:1/live',
  management: 'http://127.0.0.1:1/live',
  lambda: 'http://127.0.0.1:2',
  dynamodb: 'http://127.0.0.1:3',
  notifyFunction: 'notify-fn',
};

describe('the report', () => {
  test('for a program is one line with every address', () => {
    expect(reportAsJson(addresses)).toBe(
      '{"websocket":"ws://127.0.0.1:1/live","management":"http://127.0.0.1:1/live","lambda":"http://127.0.0.1:2","dynamodb":"http://127.0.0.1:3","notifyFunction":"notify-fn"}',
    );
  });

  test('for a person ends with ready', () => {
    const lines = reportAsText(addresses, '/project/.local', '/project');
    expect(lines.at(-1)).toBe('ready');
    expect(lines.join('\n')).not.toContain('--data');
  });

  test('names another data folder in the commands that it suggests', () => {
    const lines = reportAsText(addresses, "/tmp/my 'data'", '/project');
    expect(lines.filter((line) => line.endsWith(String.raw` --data '../tmp/my '\''data'\'''`))).toHaveLength(
      3,
    );
  });
});

import { expect, test } from 'vitest';
import { warnOfOpenSettings } from '../../lib/warnings.ts';
import { ownIssuer, settingsFrom, withApp } from './synthesized.ts';
import type { Context } from './synthesized.ts';

function warnings(context: Context): string[] {
  return withApp((app) => {
    warnOfOpenSettings(app, settingsFrom(context));
    const warned = app.node.metadata.filter(({ type }) => type === 'aws:cdk:warning');
    return warned.map(({ data }) => JSON.stringify(data));
  });
}

const closed = { ...ownIssuer, allowedOrigins: 'https://staff.example.com' };

test('Nothing is said about an own issuer with its origins', () => {
  expect(warnings(closed)).toEqual([]);
});

test('Synthesis warns when every origin may connect', () => {
  expect(warnings(ownIssuer)).toEqual([expect.stringMatching(/^"Pages of every origin may connect/)]);
});

test('Synthesis warns when tokens of any type are taken', () => {
  expect(warnings({ ...closed, tokenTyp: 'any' })).toEqual([
    expect.stringMatching(/^"Tokens of any .* open a connection/),
  ]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../client/index.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/client.md'), 'utf8');

describe('docs/client.md', () => {
  it('lists every option that is a number, with its default, and no other', () => {
    const rows = [...document.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)];
    expect(rows.map(([, name, value]) => [name, Number(value)])).toEqual(Object.entries(defaults));
  });

  it('names every option that is not', () => {
    for (const name of [
      'url',
      'token',
      'storage',
      'onNotice',
      'platform',
      'WebSocket',
      'clock',
      'random',
      'newId',
    ]) {
      expect(document).toContain(`\`${name}\``);
    }
  });
});

import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/command-line/command.ts';
import { shortageIn } from '../../src/command-line/shortage.ts';

const full = 'The disk is full: make room, or name a data folder on another one with --data.';

describe('a disk that is full', () => {
  it.runIf(process.platform === 'linux')('is said in one line, without a stack', () => {
    const device = openSync('/dev/full', 'w');
    try {
      writeSync(device, 'x');
      expect.unreachable('/dev/full takes nothing');
    } catch (error) {
      expect(explain(error)).toBe(`${full} (ENOSPC: no space left on device, write)`);
    } finally {
      closeSync(device);
    }
  });

  it.each([
    "Error: ENOSPC: no space left on device, copyfile '/a' -> '/b'\n    at copyFileSync (node:fs:3106:11)",
    "{ errno: -28, code: 'ENOSPC', syscall: 'write' }",
    'X [ERROR] Failed to write to output file: write /a/index.js: no space left on device',
  ])('is found in what another program said: %j', (said) => {
    expect(shortageIn(said)).toBe(full);
  });

  it('is not found in what the stack itself refuses', () => {
    expect(
      shortageIn('Context stage is "a/b", but must be 1 to 128 letters.\nERROR EXAMPLE'),
    ).toBeUndefined();
  });
});

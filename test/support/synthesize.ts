import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { onTestFinished } from 'vitest';

/**
 * Synthesizes stacks into a folder that is gone after the test. It lies inside the project, where code that left the
 * SDK out of its bundle finds it.
 */
export function synthesize(addStacks: (app: App) => void): string {
  const parent = join(import.meta.dirname, '../../.local');
  mkdirSync(parent, { recursive: true });
  const outdir = mkdtempSync(join(parent, 'test-assembly-'));
  onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
  const app = new App({ outdir, analyticsReporting: false });
  addStacks(app);
  app.synth();
  return outdir;
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { onTestFinished } from 'vitest';

/** What `cdk synth` would write. */
export interface Assembly {
  readonly directory: string;
  remove(): void;
}

/**
 * Synthesizes stacks into a folder inside the project, where code that left the SDK out of its bundle finds it.
 */
export function assemblyOf(addStacks: (app: App) => void): Assembly {
  const parent = join(import.meta.dirname, '../../../.local');
  mkdirSync(parent, { recursive: true });
  const outdir = mkdtempSync(join(parent, 'test-assembly-'));
  // CDK's own rules take longer than all the rest.
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  addStacks(app);
  app.synth();
  return { directory: outdir, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

/** An assembly that is gone after the test. */
export function synthesize(addStacks: (app: App) => void): string {
  const assembly = assemblyOf(addStacks);
  onTestFinished(() => assembly.remove());
  return assembly.directory;
}

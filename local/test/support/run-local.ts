/** Runs an assembly in a process of its own, for tests that kill that process: `run-local.ts ASSEMBLY DATA`. */
import { startLocal } from '../../src/index.ts';

const [, , assemblyDirectory = '', dataDirectory = ''] = process.argv;
const running = await startLocal({ assemblyDirectory, dataDirectory, log: () => undefined });
process.stdout.write(
  `${JSON.stringify({ lambdaUrl: running.lambdaUrl, name: running.functions[0]?.name })}\n`,
);

import { App } from 'aws-cdk-lib';
import { readSettings } from '../lib/settings.ts';
import { RealtimeStack } from '../lib/stack.ts';
import { warnOfOpenSettings } from '../lib/warnings.ts';

const app = new App({ autoSynth: false });
const read = readSettings(app.node.getAllContext());
if ('problems' in read) {
  process.stderr.write(read.problems.map((problem) => `${problem}\n`).join(''));
  process.exitCode = 1;
} else {
  const stack = new RealtimeStack(app, 'LobbyBeeRealtime', read.settings);
  warnOfOpenSettings(stack, read.settings);
  app.synth();
}

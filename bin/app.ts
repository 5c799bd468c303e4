import { App } from 'aws-cdk-lib';
import { BundlingFailed } from '../lib/bundles.ts';
import { readSettings, type Settings } from '../lib/settings.ts';
import { RealtimeStack } from '../lib/stack.ts';
import { warnOfOpenSettings } from '../lib/warnings.ts';

const app = new App({ autoSynth: false });
const read = readSettings(app.node.getAllContext());
if ('problems' in read) refuse(read.problems);
else synthesize(read.settings);

function synthesize(settings: Settings): void {
  try {
    const stack = new RealtimeStack(app, 'LobbyBeeRealtime', settings);
    warnOfOpenSettings(stack, settings);
    app.synth();
  } catch (error) {
    if (!(error instanceof BundlingFailed)) throw error;
    refuse([error.message]);
  }
}

function refuse(sentences: readonly string[]): void {
  process.stderr.write(sentences.map((sentence) => `${sentence}\n`).join(''));
  process.exitCode = 1;
}

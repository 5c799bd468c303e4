import type { ObservedCall } from '../../../../local/src/index.ts';
import type { Application, EditableTemplate } from '../application.ts';
import { RecordedCalls, Stage } from './stage.ts';
import { steps, type Step } from './steps.ts';

/** What was seen of a step. */
export interface PlayedStep extends Step {
  /** As JSON, so that two of them can be compared. */
  readonly outcome: string;
  /** What the step's function asked IAM for. */
  readonly calls: readonly ObservedCall[];
}

export interface Play {
  readonly steps: readonly PlayedStep[];
  readonly calls: readonly ObservedCall[];
  /** What the functions and the local run wrote. */
  readonly log: readonly string[];
}

const longestStep = 20_000;

/** Starts the service on the template with a change, does every step, whatever comes of it, and stops it. */
export async function play(
  application: Application,
  change: (template: EditableTemplate) => void = () => undefined,
): Promise<Play> {
  const calls = new RecordedCalls();
  const service = await application.start({ observeCalls: (call) => calls.record(call) }, (template) => {
    change(template);
    failAtOnce(template);
  });
  try {
    const stage = await Stage.on(service, calls);
    const played: PlayedStep[] = [];
    for (const step of steps) played.push(await playStep(step, stage));
    stage.leave();
    return { steps: played, calls: calls.all, log: [...service.output, ...service.said] };
  } finally {
    await service.stop();
  }
}

/** An event that fails goes to its queue at once, and not after two retries in three minutes. */
function failAtOnce({ Resources }: EditableTemplate): void {
  for (const { Type: type, Properties: properties } of Object.values(Resources)) {
    if (type === 'AWS::Lambda::EventInvokeConfig')
      Object.assign(properties ?? {}, { MaximumRetryAttempts: 0 });
  }
}

async function playStep(step: Step, stage: Stage): Promise<PlayedStep> {
  const before = stage.calls.all.length;
  const outcome = await Promise.race([step.act(stage).catch(failure), tooLate()]);
  // Others may still be at work, with what an earlier step began.
  const calls = stage.calls.all
    .slice(before)
    .filter(({ principalArn }) => principalArn.includes(`-Functions${step.of}Function`));
  return { ...step, outcome: JSON.stringify(outcome), calls };
}

/** What did not come about, or was answered with a fault: nothing, on a service in order. */
export function wentWrong({ steps: played }: Play): string[] {
  return played
    .filter(({ outcome }) => /^{"rejected":|^"nothing"$|INTERNAL/.test(outcome))
    .map(({ name, outcome }) => `${name}: ${outcome}`);
}

function failure(error: unknown): unknown {
  return { rejected: error instanceof Error ? error.message : String(error) };
}

function tooLate(): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('nothing'), longestStep).unref();
  });
}

import { describe, expect, it } from 'vitest';
import { functionModel, returned, testedFunctions } from '../support/local-functions.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** More than one environment handles in its patience, at 5 ms each. */
function burst(invoke: (handler: string) => Promise<unknown>, events: number): Promise<unknown> {
  return Promise.all(Array.from({ length: events }, () => invoke('warm.overlap')));
}

describe('a function whose environments are busy', () => {
  it('gets another one while processors are idle, although events are answered', async () => {
    const limits = { environmentsPerFunction: 2, patienceMilliseconds: 200 };
    const { functions, invoke } = testedFunctions([functionModel('warm.overlap')], {
      limits,
      idleShare: 0.5,
    });
    await invoke('warm.overlap');
    await burst(invoke, 150);
    expect(functions.pids).toHaveLength(2);
  });

  it('gets none while the processors are busy and events are answered', async () => {
    const limits = { environmentsPerFunction: 2, patienceMilliseconds: 1_000 };
    const { functions, invoke } = testedFunctions([functionModel('warm.overlap')], { limits, idleShare: 0 });
    await invoke('warm.overlap');
    await burst(invoke, 250);
    expect(functions.pids).toHaveLength(1);
  });

  it('gets another one on busy processors, too, when nothing is answered', async () => {
    const directory = temporaryDirectory();
    const limits = { environmentsPerFunction: 3 };
    const { invoke } = testedFunctions([functionModel('rendezvous.meet', { timeoutSeconds: 30 })], {
      limits,
      idleShare: 0,
    });
    const events = Array.from({ length: 3 }, () => invoke('rendezvous.meet', { directory, parties: 3 }));
    expect(new Set((await Promise.all(events)).map(returned)).size).toBe(3);
  });
});

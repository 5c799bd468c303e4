import { describe, expect, it } from 'vitest';
import type { ObservedCall } from '../../local/src/index.ts';
import type { Play, PlayedStep } from '../../test/end-to-end/support/scenario/play.ts';
import { judge } from './judge-grant.ts';

const call = (action: string, allowed = true): ObservedCall => ({
  principalArn: 'arn:aws:sts::123456789012:assumed-role/any/Write',
  action,
  resource: 'table',
  context: {},
  allowed,
});
const step = (name: string, given: Partial<PlayedStep> = {}): PlayedStep => ({
  name,
  of: 'Write',
  after: [],
  act: () => Promise.resolve(),
  outcome: 'fine',
  calls: [],
  ...given,
});
const play = (steps: readonly PlayedStep[], given: Partial<Play> = {}): Play => ({
  steps,
  calls: [],
  log: ['AccessDeniedException'],
  ...given,
});

const grant = {
  name: 'Write',
  action: 'PutItem',
  neededBy: ({ action }: { readonly action: string }) => action === 'PutItem',
};
const healthy = play([
  step('put', { calls: [call('PutItem')] }),
  step('read it', { after: ['put'] }),
  step('count it', { after: ['read it'] }),
  step('read another'),
]);
const refused = { calls: [call('PutItem', false)] };
/** The steps that go wrong without the grant. */
const without = (names: readonly string[], given: Partial<Play> = refused): Play =>
  play(
    healthy.steps.map((each) => (names.includes(each.name) ? { ...each, outcome: 'INTERNAL' } : each)),
    given,
  );

describe('a grant that was taken away', () => {
  it('is in order when what used it fails, with or without what follows from that', () => {
    expect(judge(grant, healthy, without(['put']))).toEqual({ failed: ['put'], findings: [] });
    expect(judge(grant, healthy, without(['put', 'read it', 'count it'])).findings).toEqual([]);
  });

  it('is granted for nothing when nothing asks for it', () => {
    const unused = { ...grant, neededBy: () => false };
    expect(judge(unused, healthy, without([], {})).findings).toEqual([
      'nothing asks for it: it is granted for nothing',
      'no call was refused',
    ]);
  });

  it('is a finding when what used it works all the same', () => {
    expect(judge(grant, healthy, without([])).findings).toEqual(['it could put all the same']);
  });

  it('is a finding when something fails that does not need it', () => {
    expect(judge(grant, healthy, without(['put', 'read another'])).findings).toEqual([
      'it could not read another, which does not need it: INTERNAL',
    ]);
  });

  it('is a finding when something else was refused as well, or no log says why', () => {
    const more = { calls: [call('PutItem', false), call('Query', false)], log: ['refused'] };
    expect(judge(grant, healthy, without(['put'], more)).findings).toEqual([
      'Query on table was refused as well',
      'no log says why',
    ]);
  });
});

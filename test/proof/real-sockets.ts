import { missAndResume } from '../soak/missed.ts';
import { runSoak, withService } from '../soak/run.ts';
import { verdictLine } from '../simulation/verdict/print.ts';
import type { Findings, Trial } from './part.ts';

const soaked = { minutes: 10, clients: 200, hotels: 8 } as const;
const missed = 10_000;

/** The checker on real sockets, while everything is killed that can be. */
export async function soak({
  options: { from: seed },
  signal,
  say,
  circumstances,
}: Trial): Promise<Findings> {
  const { tally, notJudged } = await runSoak({ ...soaked, seed }, { say, signal });
  const subject = `${soaked.clients} clients for ${soaked.minutes} minutes, seed ${seed}`;
  return {
    colour: tally.colour,
    verdict: [
      verdictLine(tally, subject, circumstances().commit).replace(/^verdict \w+ \| /, ''),
      ...notJudged.map((what) => `not judged: ${what}`),
    ].join(' | '),
    findings: [
      ...tally.red.map(({ invariant, message }) => `${invariant} ${message}`),
      ...(tally.vacuous.length === 0 ? [] : [`too rare for a verdict: ${tally.vacuous.join(', ')}`]),
    ],
    table: {
      head: ['fault', 'times'],
      rows: [...tally.faults].map(([kind, times]) => [kind, String(times)]),
    },
  };
}

/** The log is the store: there is no number of messages after which a client cannot resume. */
export async function resume({ signal, progress }: Trial): Promise<Findings> {
  const { shownMeanwhile, shown, stored } = await withService((service) =>
    missAndResume(missed, {
      service,
      signingKey: service.signingKey,
      hotelId: 'grand',
      signal,
      progress: (count) => progress(() => `${count} of ${missed} messages are stored`),
    }),
  );
  const same = JSON.stringify(shown) === JSON.stringify(stored);
  const whole = stored.length === missed + 1 && stored.every(({ seq }, index) => seq === index + 1);
  const findings = [
    ...(shownMeanwhile === 0 ? [] : [`${shownMeanwhile} messages were shown to a client that was away`]),
    ...(whole ? [] : [`${stored.length} messages are stored, not ${missed + 1} in a row`]),
    ...(same ? [] : ['what was shown is not what a full read of the table gives']),
  ];
  return {
    colour: findings.length === 0 ? 'green' : 'red',
    verdict: `${shown.length - 1} missed messages were shown, each once and in order, as a full read of the table gives them`,
    findings,
    table: { head: ['missed', 'shown', 'stored'], rows: [[missed, shown.length, stored.length].map(String)] },
  };
}

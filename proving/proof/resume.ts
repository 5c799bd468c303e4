import type { Findings, Trial } from './part.ts';

const missed = 10_000;

/** The log is the store: there is no number of messages after which a client cannot resume. */
export async function resume({ signal, progress }: Trial): Promise<Findings> {
  // The SDKs take seconds to load, and whoever mistypes an option need not wait for them.
  const [{ missAndResume }, { withService }] = await Promise.all([
    import('../soak/missed.ts'),
    import('../soak/run.ts'),
  ]);
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

import { rotationsIn } from '../simulation/circumstances.ts';
import type { RoundPlan } from './round/crew.ts';
import type { Round } from './round/round.ts';

/** Says how far a round is, each time that it is called. */
export function progressOf(
  { seconds, clients }: RoundPlan,
  say: (line: string) => void,
): (round: Round) => void {
  const operations = new Map<string, number>();
  let [read, deliveries] = [0, 0];
  return ({ history, members, faults }) => {
    for (; read < history.lines.length; read++) {
      const line = history.lines[read];
      if (line?.f === 'display') deliveries++;
      if (line?.op !== undefined) operations.set(line.type, (operations.get(line.type) ?? 0) + 1);
    }
    const counts = ['ok', 'info', 'fail'].map((type) => `${type} ${operations.get(type) ?? 0}`);
    const online = members.filter(({ isOnline }) => isOnline).length;
    const fired = [...faults.fired.values()].reduce((sum, times) => sum + times, 0);
    say(
      [
        `${Math.round(history.now / 1000)} of ${Math.round(seconds)} s`,
        `${online} of ${clients} online`,
        `operations attempted ${operations.get('invoke') ?? 0} ${counts.join(' ')}`,
        `deliveries ${deliveries}`,
        `rotations ${rotationsIn(history.lines)}`,
        `faults ${fired}`,
      ].join(' | '),
    );
  };
}

import { measureHeap } from '../simulation/heap.ts';
import type { Findings, Trial } from './part.ts';

/** Of the heap in the second quarter: how much more there may be in the last. */
const mostGrowth = 0.1;

/** L4: what many messages leave behind in functions, gateway and SDK. */
export async function watchHeap({ options: { messages }, signal, progress }: Trial): Promise<Findings> {
  const { quarters } = await measureHeap(messages, (done) => {
    signal.throwIfAborted();
    progress(() => `${done} of ${messages} messages for the heap`);
  });
  const [, second = 0, , last = 0] = quarters;
  const growth = last / second - 1;
  const steady = growth <= mostGrowth;
  const share = `${(growth * 100).toFixed(1)} %`;
  return {
    colour: steady ? 'green' : 'red',
    verdict: `${messages} messages; from the second quarter to the last the heap changed by ${share}`,
    findings: steady ? [] : [`the heap grew by ${share}; at most ${mostGrowth * 100} % are allowed`],
    table: {
      head: ['quarter', 'MB on the heap'],
      rows: quarters.map((bytes, index) => [String(index + 1), (bytes / 2 ** 20).toFixed(1)]),
    },
  };
}

import { cpus } from 'node:os';

/** Begins to watch. The returned function gives the idle share of all processors' time since then, from 0 to 1. */
export type WatchProcessors = () => () => number;

/** In steps of the system's clock ticks, 10 ms as a rule. */
export const watchProcessors: WatchProcessors = () => {
  const before = processorTimes();
  return () => {
    const now = processorTimes();
    const passed = now.total - before.total;
    return passed > 0 ? (now.idle - before.idle) / passed : 1;
  };
};

function processorTimes(): { readonly idle: number; readonly total: number } {
  let [idle, total] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idle, total };
}

import { outsideMicrotasks } from './kernel/microtasks.ts';
import { simulate } from './simulation.ts';
import { fingerprint, jsonLines } from './history/history.ts';
import { check } from './checker/checker.ts';
import { writeFileSync } from 'node:fs';
const from = Number(process.argv[2] ?? 1),
  n = Number(process.argv[3] ?? 1);
for (let seed = from; seed < from + n; seed++) {
  const t = performance.now();
  const run = await outsideMicrotasks(() => simulate(seed));
  const ms = performance.now() - t;
  const t2 = performance.now();
  const bad = check(run.history);
  const checkMs = performance.now() - t2;
  const count = (f: string) => run.history.filter((l) => l.f === f).length;
  process.stdout.write(
    `${seed} ${run.plan.kind} ${ms.toFixed(0)} ms steps ${run.use.steps} lines ${run.history.length} displays ${count('display')} frames ${count('frame')} posts ${run.use.posts} check ${checkMs.toFixed(0)} bad ${bad.length} ${[...new Set(bad.map((b) => b.invariant))].join(',')}\n`,
  );
  if (n === 1) {
    for (const b of bad.slice(0, 8))
      process.stdout.write(b.invariant + ' ' + b.message + '\n' + jsonLines(b.lines));
    writeFileSync('/tmp/h.jsonl', jsonLines(run.history));
    process.stdout.write(
      JSON.stringify([...run.faults], null, 1) + fingerprint(run.history) + JSON.stringify(run.plan) + '\n',
    );
  }
}

import { afterAll, afterEach, beforeEach, describe } from 'vitest';
import { describeAuthorizer } from './authorizer.ts';
import { describeConnections } from './connections.ts';
import { describeFrames } from './frames.ts';
import { describeHandshake } from './handshake.ts';
import { describeLifeCycle } from './life-cycle.ts';
import { describeMessages } from './messages.ts';
import { Score } from './score.ts';
import type { ConformanceTarget } from './target.ts';

/**
 * What a gateway for WebSocket APIs must do, observed from outside. Each title begins with the number of its line in
 * the list of what API Gateway does; a line that the target is known to differ in is skipped with the reason. At the end
 * it prints how many lines it holds and how many of them the target honours.
 */
export function describeConformance(target: ConformanceTarget): void {
  describe(`${target.name} does what API Gateway does`, () => {
    const score = new Score(target.differences);
    beforeEach(({ task, skip }) => {
      const difference = target.differences.get(lineOf(task.name));
      if (difference !== undefined) skip(difference);
    });
    afterEach(({ task }) => score.count(lineOf(task.name), task.result?.state === 'fail'));
    afterAll(() => void process.stdout.write(`${target.name}: ${score.summary()}\n`));
    describeHandshake(target);
    describeAuthorizer(target);
    describeMessages(target);
    describeFrames(target);
    describeLifeCycle(target);
    describeConnections(target);
  });
}

function lineOf(title: string): number {
  return Number.parseInt(title, 10);
}

import { beforeEach, describe } from 'vitest';
import { describeAuthorizer } from './authorizer.ts';
import { describeConnections } from './connections.ts';
import { describeFrames } from './frames.ts';
import { describeHandshake } from './handshake.ts';
import { describeLifeCycle } from './life-cycle.ts';
import { describeMessages } from './messages.ts';
import type { ConformanceTarget } from './target.ts';

/**
 * What a gateway for WebSocket APIs must do, observed from outside. Each title begins with the number of its line in
 * the list of what API Gateway does; a line that the target is known to differ in is skipped with the reason.
 */
export function describeConformance(target: ConformanceTarget): void {
  describe(`${target.name} does what API Gateway does`, () => {
    beforeEach(({ task, skip }) => {
      const difference = target.differences.get(Number.parseInt(task.name, 10));
      if (difference !== undefined) skip(difference);
    });
    describeHandshake(target);
    describeAuthorizer(target);
    describeMessages(target);
    describeFrames(target);
    describeLifeCycle(target);
    describeConnections(target);
  });
}

import type { Gateway } from '../../../lambdas/core/ports.ts';
import type { Environment } from '../lambda/environment.ts';
import type { SimulatedGateway } from './gateway.ts';
import type { NetworkDependencies } from './network.ts';

export interface Posts {
  /** Requests to the @connections API, and what they were answered with 200. */
  sent: number;
  delivered: number;
  /** Under way at once in one environment, at most. */
  peak: number;
}

/** As `connections-api.ts` has it: two attempts of a second. */
const attempts = 2;
const attemptMilliseconds = 1000;
const wayMilliseconds = 6;
/** A connection stops taking frames for so long at most. */
const longestSlowness = 8000;

const wellFormedId = /^[A-Za-z0-9_-]+=$/;

/** The @connections API as one environment reaches it: what the SDK makes of its answers. */
export function managementApi(
  deps: NetworkDependencies,
  gateway: SimulatedGateway,
  environment: Environment,
  posts: Posts,
): Gateway {
  const { scheduler, random } = deps;
  let underWay = 0;
  const attempt = async (connectionId: string, frame: string): Promise<number | 'none'> => {
    posts.sent++;
    await scheduler.sleep(random.latency(wayMilliseconds));
    const status = answerTo(deps, gateway, connectionId, frame);
    if (status === 200) posts.delivered++;
    await scheduler.sleep(status === 'none' ? attemptMilliseconds : random.latency(wayMilliseconds));
    return status;
  };
  return {
    async post(connectionId, frame) {
      posts.peak = Math.max(posts.peak, ++underWay);
      try {
        for (let tried = 1; tried <= attempts; tried++) {
          const status = await environment.through(() => attempt(connectionId, frame));
          if (status === 200) return 'delivered';
          if (status === 410 || status === 400) return 'gone';
          await environment.world.sleep(random.between(20, 100));
        }
        return 'failed';
      } finally {
        underWay--;
      }
    },
    async close(connectionId) {
      deps.faults.count('F13 joined without a connection row', connectionId);
      await environment.through(async () => {
        await scheduler.sleep(random.latency(wayMilliseconds));
        const line = gateway.lines.get(connectionId);
        if (line?.state === 'open') line.close(1000);
        await scheduler.sleep(random.latency(wayMilliseconds));
      });
    },
  };
}

/** What the gateway does with a post when it arrives; `none` when its answer is lost. */
function answerTo(
  { scheduler, random, faults }: NetworkDependencies,
  gateway: SimulatedGateway,
  connectionId: string,
  frame: string,
): number | 'none' {
  const line = gateway.lines.get(connectionId);
  if (!wellFormedId.test(connectionId)) {
    faults.count('F7 post answered 400', connectionId);
    return 400;
  }
  if (line?.state === 'opening') faults.count('F6 gone while opening', connectionId);
  if (line?.state !== 'open') return 410;
  if (faults.strikes('F25 account throttled', connectionId)) return 429;
  if (faults.strikes('F8 slow consumer answered 429', connectionId)) {
    line.slowUntil = scheduler.now + random.between(500, longestSlowness);
  }
  if (faults.areOn && scheduler.now < line.slowUntil) return 429;
  if (faults.strikes('F9 post answered 500', connectionId)) return 500;
  if (faults.strikes('F10 post answered 200 and lost', connectionId)) return 200;
  line.send(frame);
  if (faults.strikes('F6 gone although delivered', connectionId)) return 410;
  if (faults.strikes('F9 post delivered and its answer lost', connectionId)) return 'none';
  return 200;
}

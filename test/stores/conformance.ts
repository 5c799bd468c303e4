import { afterAll, beforeAll, describe } from 'vitest';
import { describeCommits } from './conformance/commits.ts';
import { describeConnections } from './conformance/connections.ts';
import { describeListing } from './conformance/listing.ts';
import { describeLog } from './conformance/log.ts';
import { describeMembers } from './conformance/members.ts';
import { describeReceipts } from './conformance/receipts.ts';
import type { StoresTarget, StoresUnderTest } from './conformance/target.ts';

/** What every pair of stores must do, whatever keeps the data. Each test has a hotel of its own. */
export function describeStores(target: StoresTarget): void {
  describe(`${target.name} keeps what the ports promise`, () => {
    let running: StoresUnderTest | undefined;
    beforeAll(async () => {
      running = await target.start();
    });
    afterAll(() => running?.stop());
    const stores = () => {
      if (running === undefined) throw new Error('the stores have not started');
      return running;
    };
    describeCommits(stores);
    describeReceipts(stores);
    describeLog(stores);
    describeListing(stores);
    describeConnections(stores);
    describeMembers(stores);
  });
}

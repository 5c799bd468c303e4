/**
 * How much the whole local stack delivers: real sockets, the real template, its functions in processes of their own.
 *
 * `npm run bench:local`; `-- --seconds 10` measures each case longer, `-- --start-option=--no-iam` passes an option on.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds } from './process-tree.ts';
import { Member, startService, type Service } from './service.ts';

interface Case {
  readonly name: string;
  readonly groups: number;
  readonly membersOfEach: number;
}

const cases: readonly Case[] = [
  { name: '10 members', groups: 1, membersOfEach: 10 },
  { name: '100 members', groups: 1, membersOfEach: 100 },
  { name: '1,000 members', groups: 1, membersOfEach: 1000 },
  { name: '100 groups of 3, every group sending', groups: 100, membersOfEach: 3 },
];

/** Messages that wait for their `sent` at the same time, over all groups. */
const sendsUnderWay = 4;

interface Measured {
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  readonly seconds: number;
  readonly cpu: number;
}

async function measure(
  service: Service,
  { groups, membersOfEach }: Case,
  seconds: number,
): Promise<Measured> {
  const hotel = `hotel-${randomUUID()}`;
  const teams = await Promise.all(
    Array.from({ length: groups }, async (_, group) => {
      await service.createConversation(hotel, `c${group}`, `department-${group}`);
      return Member.connectMany(service, hotel, `department-${group}`, membersOfEach);
    }),
  );
  const before = { at: performance.now(), cpu: cpuSeconds(service.pid) };
  const end = before.at + seconds * 1000;
  const senders = Array.from({ length: Math.max(sendsUnderWay, groups) }, (_, n) => n);
  const counts = await Promise.all(
    senders.map(async (n) => {
      const team = teams[n % groups] ?? [];
      let sent = 0;
      while (performance.now() < end) {
        await team[Math.floor(n / groups) % team.length]?.send(`c${n % groups}`, `text ${sent}`);
        sent++;
      }
      return sent;
    }),
  );
  const sent = counts.reduce((sum, count) => sum + count, 0);
  const members = teams.flat();
  // A frame is on its socket before its sender is answered; what is on its way now arrives before a later answer.
  await Promise.all(members.map((member) => member.ping()));
  const after = { at: performance.now(), cpu: cpuSeconds(service.pid) };
  const delivered = members.reduce((sum, member) => sum + member.messages, 0);
  for (const member of members) member.close();
  return {
    sent,
    delivered,
    lost: sent * (membersOfEach - 1) - delivered,
    seconds: (after.at - before.at) / 1000,
    cpu: after.cpu - before.cpu,
  };
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    'start-option': { type: 'string', multiple: true, default: [] },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'lobbybee-bench-'));
const service = await startService(folder, values['start-option']);
try {
  for (const each of cases) {
    const { sent, delivered, lost, seconds, cpu } = await measure(service, each, Number(values.seconds));
    process.stdout.write(
      `${each.name}: ${Math.round(delivered / seconds)} deliveries/s, ${((cpu / delivered) * 1e6).toFixed(0)} µs of CPU each` +
        ` (${sent} sent, ${delivered} delivered, ${lost} lost)\n`,
    );
  }
} finally {
  await service.stop();
  await rm(folder, { recursive: true });
}

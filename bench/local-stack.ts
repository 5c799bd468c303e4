/**
 * How much the whole local stack delivers: real sockets, the real template, its functions in processes of their own. Two
 * local runs stand side by side, one with IAM and one without, and each case is measured on one and then on the other.
 *
 * `npm run bench:local`; `-- --seconds 10` measures each case longer, `-- --start-option=--verbose` passes an option on.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds, type Parts } from './process-tree.ts';
import { Member, startService, type Service } from './service.ts';

interface Case {
  readonly name: string;
  readonly groups: number;
  readonly membersOfEach: number;
  /** Over how many conversations those who send in a group are spread. */
  readonly conversationsOfEach: number;
}

/** Messages that wait for their `sent` at the same time, over all groups. */
const sendsUnderWay = 4;

const cases: readonly Case[] = [
  { name: '10 members', groups: 1, membersOfEach: 10, conversationsOfEach: sendsUnderWay },
  { name: '100 members', groups: 1, membersOfEach: 100, conversationsOfEach: sendsUnderWay },
  // Messages of one conversation are numbered one after the other, so that those who write at once wait for each other.
  { name: '100 members, in one conversation', groups: 1, membersOfEach: 100, conversationsOfEach: 1 },
  { name: '1,000 members', groups: 1, membersOfEach: 1000, conversationsOfEach: sendsUnderWay },
  { name: '100 groups of 3, every group sending', groups: 100, membersOfEach: 3, conversationsOfEach: 1 },
];

/** The members of a department, and the ids of its conversations. */
interface Team {
  readonly conversations: readonly string[];
  readonly members: readonly Member[];
}

interface Measured {
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  readonly seconds: number;
  readonly cpu: Cpu;
}

type Cpu = Parts & { readonly bench: number };

async function assemble(service: Service, each: Case): Promise<Team[]> {
  const hotel = `hotel-${randomUUID()}`;
  return Promise.all(
    Array.from({ length: each.groups }, async (_, group) => {
      const department = `department-${group}`;
      const conversations = Array.from({ length: each.conversationsOfEach }, (__, n) => `c${group}-${n}`);
      for (const id of conversations) await service.createConversation(hotel, id, department);
      return {
        conversations,
        members: await Member.connectMany(service, hotel, department, each.membersOfEach),
      };
    }),
  );
}

async function measure(service: Service, teams: readonly Team[], seconds: number): Promise<Measured> {
  const members = teams.flatMap((team) => team.members);
  const before = { at: performance.now(), cpu: cpuOf(service), delivered: deliveries(members) };
  const end = before.at + seconds * 1000;
  const senders = Array.from({ length: Math.max(sendsUnderWay, teams.length) }, (_, n) =>
    sendUntil(end, teams[n % teams.length], Math.floor(n / teams.length)),
  );
  const counts = await Promise.all(senders);
  const expected = sum(counts.map((count) => count.expected));
  const at = await arrival(members, before.delivered + expected);
  const delivered = deliveries(members) - before.delivered;
  return {
    sent: sum(counts.map(({ sent }) => sent)),
    delivered,
    lost: expected - delivered,
    seconds: (at - before.at) / 1000,
    cpu: difference(cpuOf(service), before.cpu),
  };
}

/** A frame is on its socket before its sender is answered: what has not come after this is lost. */
const silenceMilliseconds = 2000;

/** Waits until so many messages are there, or no more come; the time at which the last one came, or a moment later. */
async function arrival(members: readonly Member[], expected: number): Promise<number> {
  let last = { at: performance.now(), delivered: deliveries(members) };
  while (last.delivered < expected && performance.now() - last.at < silenceMilliseconds) {
    await sleep(5);
    const delivered = deliveries(members);
    if (delivered > last.delivered) last = { at: performance.now(), delivered };
  }
  return last.at;
}

/** Sends one message after the other in the name of the team's n-th member, to the team's n-th conversation. */
async function sendUntil(end: number, team: Team | undefined, n: number) {
  const sender = team?.members[n % team.members.length];
  const conversation = team?.conversations[n % team.conversations.length];
  if (team === undefined || sender === undefined || conversation === undefined)
    throw new Error('Every team has members and conversations.');
  let sent = 0;
  for (; performance.now() < end; sent++) await sender.send(conversation, `text ${sent}`);
  return { sent, expected: sent * (team.members.length - 1) };
}

function deliveries(members: readonly Member[]): number {
  return sum(members.map(({ messages }) => messages));
}

function cpuOf(service: Service): Cpu {
  const { user, system } = process.cpuUsage();
  return { ...cpuSeconds(service.pid), bench: (user + system) / 1e6 };
}

function difference(after: Cpu, before: Cpu): Cpu {
  return {
    gateway: after.gateway - before.gateway,
    functions: after.functions - before.functions,
    engine: after.engine - before.engine,
    bench: after.bench - before.bench,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function report(name: string, { sent, delivered, lost, seconds, cpu }: Measured): string {
  const each = (part: number): string => ((part / delivered) * 1e6).toFixed(0);
  const { gateway, functions, engine, bench } = cpu;
  const parts = `gateway ${each(gateway)}, functions ${each(functions)}, engine ${each(engine)}, bench ${each(bench)}`;
  return (
    `${name}: ${Math.round(delivered / seconds)} deliveries/s, ${each(gateway + functions + engine + bench)} µs of CPU each ` +
    `(${parts}); ${sent} sent, ${delivered} delivered, ${lost} lost\n`
  );
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    'start-option': { type: 'string', multiple: true, default: [] },
  },
});
const seconds = Number(values.seconds);
const folder = await mkdtemp(join(tmpdir(), 'lobbybee-bench-'));
const services: { readonly name: string; readonly service: Service }[] = [];
try {
  for (const [name, option] of [
    ['with IAM', []],
    ['without', ['--no-iam']],
  ] as const) {
    const data = join(folder, name.replace(' ', '-'));
    services.push({ name, service: await startService(data, [...option, ...values['start-option']]) });
  }
  for (const each of cases) {
    for (const { name, service } of services) {
      const teams = await assemble(service, each);
      // Not counted: JavaScript is compiled while it runs, and what has just started is several times slower than
      // what a local run is after its first minute.
      await measure(service, teams, seconds);
      process.stdout.write(report(`${each.name}, ${name}`, await measure(service, teams, seconds)));
      for (const member of teams.flatMap((team) => team.members)) member.close();
    }
  }
} finally {
  for (const { service } of services) await service.stop();
  await rm(folder, { recursive: true });
}

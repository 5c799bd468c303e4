import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DynamoConversationStore } from '../../lambdas/adapters/dynamodb/conversation-store.ts';
import { machine } from '../../lambdas/adapters/world.ts';
import { keys } from '../../lambdas/adapters/dynamodb/keys.ts';
import { append } from '../../lambdas/core/append.ts';
import type { Conversation } from '../../lambdas/core/conversation.ts';
import { Heads } from '../../lambdas/core/heads.ts';
import { changed } from '../../lambdas/core/state.ts';
import { startEngine } from '../../test/support/engine.ts';
import { itemBytes, writeUnits } from './arithmetic.ts';
import { DyingStore, survivesCrashes } from './crashes.ts';
import { appendInHead } from './in-head/append.ts';
import { page } from './in-head/page.ts';
import type { Head } from './in-head/shapes.ts';
import { HeadStore } from './in-head/store.ts';
import { guestMessage, staffMessage, type Attempt } from './proposals.ts';
import { Service } from './service.ts';
import { conversation } from './storm.ts';
import { waysOn, type Way } from './ways.ts';

/** Messages of which the average is told: several cuts. */
const messages = 60;

const crashRuns = 20;

/** What is done with a design, one thing at a time, by a function that knows the head. */
interface Subject {
  readonly name: string;
  append(attempt: Attempt): Promise<void>;
  /** What the messages before left to be done. */
  settle(): Promise<void>;
  /** What subscribe reads of a conversation and its newest 50, or of what comes after the newest. */
  resume(after?: number): Promise<void>;
  history(before: number): Promise<void>;
}

/** Units of each thing that is done, as the engine counts them; each row says design, write and read units. */
export async function unitsTable(): Promise<string> {
  const engine = await startEngine();
  const service = new Service({ tripMilliseconds: 0, limited: false });
  const { ways, tables, stop } = await waysOn(engine.endpoint, service);
  const lines = ['| what | way | write units | read units |', `|${'---|'.repeat(4)}`];
  const [today, , head] = ways;
  const [todaysTable, , headsTable] = tables;
  if (!today || !head || !todaysTable || !headsTable) throw new Error('three ways');
  for (const make of [
    () => asToday(today, new DynamoConversationStore(todaysTable, machine)),
    () => inHead(head, new HeadStore(headsTable, machine)),
  ]) {
    const rows = await measured(service, make);
    lines.push(...rows);
  }
  const store = new HeadStore(headsTable, machine);
  lines.push('', await agreement(service, head, store, headsTable.client, headsTable.name));
  let stored = 0;
  for (let run = 0; run < crashRuns; run++) {
    stored += await survivesCrashes(head, store, new DyingStore(headsTable, machine));
  }
  lines.push(
    `${crashRuns} runs in which cuts die: ${stored} entries, each stored once, and whole in every read.`,
    '',
  );
  stop();
  await engine.stop();
  return lines.join('\n');
}

type Made = Subject & { readonly ref: Conversation };

async function measured(service: Service, make: () => Promise<Made>): Promise<string[]> {
  const subject = await make();
  const { ref, name } = subject;
  const rows: string[] = [];
  const row = async (what: string, work: () => Promise<void>, times = 1) => {
    service.reset();
    for (let n = 0; n < times; n++) await work();
    const { writeUnits: written, readUnits: read } = service.passed;
    rows.push(`| ${what} | ${name} | ${(written / times).toFixed(2)} | ${(read / times).toFixed(2)} |`);
  };
  let count = 0;
  const message = (): Attempt => staffMessage(ref, count++);
  const first = message();
  await subject.append(first);
  const sent = message();
  await row('a staff message into a short tail', () => subject.append(sent));
  await row('a repeat at once', () => subject.append(sent));
  await subject.settle();
  let settled = { write: 0, read: 0 };
  service.reset();
  for (let n = 0; n < messages; n++) {
    await subject.append(message());
    const before = { ...service.passed };
    await subject.settle();
    settled = {
      write: settled.write + service.passed.writeUnits - before.writeUnits,
      read: settled.read + service.passed.readUnits - before.readUnits,
    };
  }
  const { writeUnits: written, readUnits: read } = service.passed;
  const each = (units: number) => (units / messages).toFixed(2);
  rows.push(`| a staff message, mean of ${messages} | ${name} | ${each(written)} | ${each(read)} |`);
  rows.push(`| … of it the cut | ${name} | ${each(settled.write)} | ${each(settled.read)} |`);
  await row(
    `a guest's message, mean of ${messages}, cuts included`,
    async () => {
      await subject.append(guestMessage(ref));
      await subject.settle();
    },
    messages,
  );
  await row('a repeat after a cut', () => subject.append(first));
  await row('close', () => subject.append(closing(ref)));
  await row('resume without `since`: 50 messages', () => subject.resume());
  await row('resume with nothing missed', () => subject.resume(messages * 2 + 3));
  await row('history: 50 before the newest 50', () => subject.history(messages + 20));
  return rows;
}

function closing(ref: Conversation): Attempt {
  const sender = { kind: 'system', id: 'ana' } as const;
  return {
    ref,
    decide: (current, now) => {
      if (current === undefined) throw new Error('a conversation that exists');
      return changed(current, { event: 'closed', entryId: machine.newId(), sender }, now);
    },
  };
}

async function asToday(way: Way, conversations: DynamoConversationStore): Promise<Made> {
  const ref = conversation();
  await way.create(ref);
  const heads = new Heads();
  heads.set(ref);
  const pages = async (range: Parameters<DynamoConversationStore['page']>[1]) => {
    await Promise.all([conversations.read(ref), conversations.page(ref, range)]);
  };
  return {
    name: way.name,
    ref,
    append: async (attempt) => void (await append({ conversations, heads, world: machine }, attempt)),
    settle: () => Promise.resolve(),
    async resume(after) {
      await conversations.read(ref);
      await pages(
        after === undefined ? { kind: 'newest', limit: 50 } : { kind: 'after', seq: after, limit: 50 },
      );
    },
    history: (before) => pages({ kind: 'before', seq: before, limit: 50 }),
  };
}

async function inHead(way: Way, store: HeadStore): Promise<Made> {
  const ref = conversation();
  await way.create(ref);
  let known: Head | undefined;
  const owed: (() => Promise<unknown>)[] = [];
  const deps = { store, world: machine, later: (work: () => Promise<unknown>) => void owed.push(work) };
  return {
    name: way.name,
    ref,
    async append(attempt) {
      known = (await appendInHead(deps, attempt, known)).head ?? known;
    },
    async settle() {
      for (const work of owed.splice(0)) await work();
    },
    async resume(after) {
      const first = await store.read(ref);
      const head = first?.conversation.head ?? 0;
      await page(store, ref, after === undefined ? head - 49 : after + 1, head);
    },
    async history(before) {
      await page(store, ref, before - 50, before - 1);
    },
  };
}

/** Whether the engine counts an append as the documented arithmetic does: the larger of before and after, and the index. */
async function agreement(
  service: Service,
  way: Way,
  store: HeadStore,
  client: DynamoDBDocumentClient,
  table: string,
): Promise<string> {
  const subject = await inHead(way, store);
  const { ref } = subject;
  const bytes = async () => {
    const Key = keys.head(ref.hotelId, ref.conversationId);
    const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return itemBytes(marshall(Item));
  };
  let agreed = 0;
  const sizes: number[] = [];
  for (let n = 0; n < messages; n++) {
    const before = await bytes();
    service.reset();
    await subject.append(staffMessage(ref, n));
    const counted = service.passed.writeUnits;
    const after = await bytes();
    sizes.push(after);
    // Two of the index: the entry at its old place, and at its new one.
    if (counted === writeUnits(Math.max(before, after)) + 2) agreed++;
    await subject.settle();
  }
  return `The engine counts ${agreed} of ${messages} appends as the documented arithmetic does; the head has ${Math.min(...sizes)} to ${Math.max(...sizes)} bytes.`;
}

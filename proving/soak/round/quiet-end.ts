import { setTimeout as sleep } from 'node:timers/promises';
import { itemFamilies } from '../../../lambdas/contract/table.ts';
import { keys } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { User } from '../../simulation/clients/tokens.ts';
import type { RecordedSocket } from '../clients/socket.ts';
import type { Addresses } from '../service.ts';
import { keyOf } from '../../simulation/checker/key-of.ts';
import { recordScan } from '../../simulation/history/record-writes.ts';
import type { Item } from '../../simulation/table/items.ts';
import { conversationId } from '../../simulation/stage.ts';
import type { Standing } from '../../simulation/checker/lists.ts';
import { Table } from '../table.ts';
import type { Round } from './round.ts';

export interface EndOptions {
  /** Rejects what it is asked for when the soak is stopped. */
  readonly signal: AbortSignal;
  /** After this everyone must have everything (L1); whoever has not is stuck. */
  readonly healSeconds: number;
  /** Says how far the end is. */
  readonly note?: ((line: string) => void) | undefined;
  /** Does something to the table before it is looked at: a mistake that the checker must see. */
  readonly tamper?: ((table: Table, hotels: readonly string[]) => Promise<void>) | undefined;
}

/** What was seen to be stored so shortly before counts as on its way (`checker/displays.ts`). */
const settleMilliseconds = 6000;
/** A connection younger than this is not deleted for a 410. */
const openingMilliseconds = 12_000;
const pollMilliseconds = 500;

/**
 * Nothing goes wrong any more: everyone has time to get everything, what is dead is met, and then all that is stored
 * goes into the history.
 */
export async function endQuietly(round: Round, addresses: Addresses, options: EndOptions): Promise<void> {
  const { history } = round;
  const table = await Table.open(addresses);
  try {
    history.add({ type: 'ok', f: 'faultsOff', kind: 'drain' });
    options.note?.('nothing goes wrong any more');
    await settle(round, table, options);
    options.note?.('everyone has had the time to get everything');
    history.add({ type: 'ok', f: 'faultsOff', kind: 'healed' });
    for (const { tab } of round.members) {
      const { status } = tab.client.state;
      history.add({ type: 'ok', f: 'state', client: tab.name, err: status, count: tab.pending });
    }
    await meetTheDead(round, table, options);
    options.note?.('everything that is stored has been read');
  } finally {
    table.close();
  }
}

/** Until everyone has everything, or the time for it is over. */
async function settle(round: Round, table: Table, { signal, healSeconds }: EndOptions): Promise<void> {
  const deadline = performance.now() + healSeconds * 1000;
  const isOver = (): boolean => performance.now() > deadline;
  while (!isOver() && !(round.underWay === 0 && round.members.every(({ isOnline }) => isOnline))) {
    await pause(pollMilliseconds, signal);
  }
  const heads = await recordHeads(round, table);
  while (!isOver() && round.screens.behind(heads).length > 0) await pause(pollMilliseconds, signal);
  // What is stored by now is due on every screen when this is over.
  await pause(settleMilliseconds, signal);
}

/** Where each conversation stands now. */
async function recordHeads({ hotels, plan, history }: Round, table: Table) {
  const heads = new Map<string, Standing>();
  for (const hotel of hotels) {
    for (let number = 1; number <= plan.conversations; number++) {
      const conv = conversationId(number);
      const found = await table.headOf(hotel, conv);
      if (found === undefined) continue;
      heads.set(keyOf(hotel, conv), found);
      const { status, ...standing } = found;
      history.add({ type: 'ok', f: 'scan', ...standing, kind: status });
    }
  }
  return heads;
}

/** Two events for every conversation, so that what is dead is met, and a look at everything that is stored then. */
async function meetTheDead(round: Round, table: Table, options: EndOptions): Promise<void> {
  const { history, hotels } = round;
  await tellEverywhere(round, options);
  const dead = new Set<string>();
  for (const { sk } of connectionsIn(await table.itemsOf(hotels))) {
    if (!(await table.isConnected(connectionOf(sk)))) dead.add(connectionOf(sk));
  }
  const open = round.openSockets;
  await pause(openingMilliseconds, options.signal);
  await tellEverywhere(round, options);
  await options.tamper?.(table, hotels);
  const items = await table.itemsOf(hotels);
  history.add({ type: 'ok', f: 'end' });
  recordScan(items, history, Date.now() / 1000);
  const alive = connectionsIn(items).filter(({ sk }) => !dead.has(connectionOf(sk)));
  for (const { sk } of alive) recordSocket(round, connectionOf(sk));
  recordForgotten(round, open, alive);
}

/** Clients do not learn their connections' names: what a user has open, the table must know so many connections of. */
function recordForgotten(
  round: Round,
  openBefore: ReadonlyMap<RecordedSocket, User>,
  alive: readonly Item[],
): void {
  const known = new Map<string, number>();
  for (const { pk } of alive) known.set(pk, (known.get(pk) ?? 0) + 1);
  for (const [socket, { hotel, id }] of openBefore) {
    if (!socket.isOpen) continue;
    const { pk } = keys.connection(hotel, id, '');
    const left = known.get(pk) ?? 0;
    known.set(pk, left - 1);
    if (left <= 0) recordSocket(round, `a connection of ${id} in ${hotel}`);
  }
}

function recordSocket({ history }: Round, conn: string): void {
  history.add({ type: 'ok', f: 'scanRow', conn, kind: 'socket' });
}

async function tellEverywhere(round: Round, { signal, healSeconds }: EndOptions): Promise<void> {
  const { hotels, plan, upstream } = round;
  for (const hotelId of hotels) {
    for (let number = 1; number <= plan.conversations; number++) {
      const last = round.number();
      const message = { id: `last-${last}`, text: `text ${last} of the last ones` };
      upstream.notify({ type: 'message.received', hotelId, conversationId: conversationId(number), message });
    }
  }
  const deadline = performance.now() + healSeconds * 1000;
  while (upstream.underWay > 0 && performance.now() < deadline) await pause(pollMilliseconds, signal);
}

function connectionsIn(items: readonly Item[]): Item[] {
  return items.filter(({ pk }) => pk.startsWith(itemFamilies.connections));
}

function connectionOf(sortKey: string): string {
  return sortKey.slice('C#'.length);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal });
}

import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObservedCall } from '../../../../local/src/index.ts';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RunningApplication } from '../application.ts';
import { StaffClient } from '../staff.ts';
import { operator, Table } from '../table.ts';
import { Upstream } from '../upstream.ts';

export const department = 'front-desk';

/** What functions ask IAM for. */
export class RecordedCalls {
  readonly all: ObservedCall[] = [];
  #before: ((call: ObservedCall) => void) | undefined;

  record(call: ObservedCall): void {
    this.#before?.(call);
    this.all.push(call);
  }

  /** Does something as soon as an action on items with this partition key is asked for, and before it is done. */
  before(action: string, partitionKey: string, act: () => void): void {
    this.#before = (call) => {
      if (call.action === action && call.context['dynamodb:LeadingKeys']?.includes(partitionKey)) act();
    };
  }
}

/** A hotel on a running service, with what a scenario needs of it. */
export class Stage {
  readonly hotelId = `hotel-${randomUUID()}`;
  readonly service: RunningApplication;
  readonly calls: RecordedCalls;
  readonly upstream: Upstream;
  readonly table: Table;
  readonly #lambda: LambdaClient;
  readonly #people = new Map<string, StaffClient>();
  readonly #heard = new Map<StaffClient, number>();

  private constructor(service: RunningApplication, calls: RecordedCalls, table: Table) {
    this.service = service;
    this.calls = calls;
    this.table = table;
    this.upstream = new Upstream(service);
    this.#lambda = new LambdaClient({
      endpoint: service.lambda,
      region: 'us-east-1',
      credentials: operator,
    });
  }

  static async on(service: RunningApplication, calls: RecordedCalls): Promise<Stage> {
    return new Stage(service, calls, await Table.of({ service }));
  }

  async connect(user: string): Promise<StaffClient> {
    const staff = { user, hotel: this.hotelId, departments: [department] };
    const client = await StaffClient.connect(this.service, staff);
    this.#people.set(user, client);
    return client;
  }

  /** Who is connected; throws for who could not connect. */
  person(user: string): StaffClient {
    const client = this.#people.get(user);
    if (client === undefined) throw new Error(`${user} is not connected`);
    return client;
  }

  /** The types of the frames that somebody got since they were last asked about. */
  async heardBy(user: string): Promise<string[]> {
    const client = this.person(user);
    // Of the socket itself: no function runs for it, and it is answered after what was posted before.
    client.socket.ping();
    await once(client.socket, 'pong');
    const from = this.#heard.get(client) ?? 0;
    this.#heard.set(client, client.raw.length);
    return client.raw.slice(from).map((text) => /"type":"(\w+)"/.exec(text)?.[1] ?? text);
  }

  /** Invokes `notify` without waiting for it. */
  async invokeAsEvent(event: object): Promise<void> {
    const { notifyFunction: FunctionName } = this.service;
    const Payload = JSON.stringify(event);
    await this.#lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
  }

  /** Closes what is open, whatever state it is in. */
  leave(): void {
    for (const { socket } of this.#people.values()) socket.terminate();
    this.#lambda.destroy();
    this.upstream.close();
    this.table.close();
  }
}

/** Waits until something is there; rejects after ten seconds. */
export async function until<Found>(
  look: () => Found | undefined | Promise<Found | undefined>,
): Promise<Found> {
  for (let tries = 0; tries < 1000; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(10);
  }
  throw new Error('what should come does not come');
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { at } from '../conformance/support.ts';
import type { ApiUnderTest, FunctionAnswer, FunctionCall } from '../conformance/target.ts';
import type { ScriptTable, StoredItem } from './script-table.ts';

/** One deployed API of the conformance application. */
export interface DeployedApi {
  readonly id: string;
  readonly websocketUrl: string;
  readonly managementUrl: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}`. */
  readonly arn: string;
}

export interface RemoteApiOptions {
  readonly api: DeployedApi;
  readonly table: ScriptTable;
  readonly management: ApiGatewayManagementApiClient;
  /** Between two looks into the table. */
  readonly pollMilliseconds: number;
}

const ok: FunctionAnswer = { returns: { statusCode: 200 } };

/** An API whose functions are told by a table what to do, from one test's start to its end. */
export class RemoteApi implements ApiUnderTest {
  readonly websocketUrl: string;
  readonly managementUrl: string;
  readonly management: ApiGatewayManagementApiClient;
  readonly #options: RemoteApiOptions;
  readonly #earlier: number;
  readonly #handedOut = new Map<string, number>();
  readonly #held = new Set<string>();

  /** `earlier` is the latest time, by the gateway's clock, at which a connection of an earlier test was made. */
  constructor(options: RemoteApiOptions, earlier: number) {
    const { api, management } = options;
    this.websocketUrl = api.websocketUrl;
    this.managementUrl = api.managementUrl;
    this.management = management;
    this.#options = options;
    this.#earlier = earlier;
  }

  async request(method: string, path: string, body?: string): Promise<Response> {
    const url = new URL(this.managementUrl + path);
    const signer = await this.management.config.signer();
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: { host: url.host },
      ...(body === undefined ? {} : { body }),
    });
    const { host: _host, ...headers } = signed.headers;
    return await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  }

  arn(resource: string): string {
    return `${this.#options.api.arn}/${resource}`;
  }

  script(functionName: string, answer: FunctionAnswer): Promise<void> {
    return this.#write(`script#${functionName}`, answer);
  }

  hold(functionName: string): Promise<void> {
    return this.#write(`script#${functionName}`, { hold: true });
  }

  async calls(functionName: string): Promise<FunctionCall[]> {
    const { api, table } = this.#options;
    const stored = await table.list(api.id, `call#${functionName}#`);
    return stored.flatMap((item) => this.#callOf(item) ?? []);
  }

  async nextCall(functionName: string): Promise<FunctionCall> {
    const index = this.#handedOut.get(functionName) ?? 0;
    this.#handedOut.set(functionName, index + 1);
    for (;;) {
      const call = (await this.calls(functionName))[index];
      if (call !== undefined) return call;
      await sleep(this.#options.pollMilliseconds);
    }
  }

  async passTime(milliseconds: number): Promise<void> {
    await sleep(milliseconds);
  }

  /** Lets go of what is held, so that no function waits for a test that is over. */
  async stop(): Promise<void> {
    await Promise.all([...this.#held].map((call) => this.#write(`answer#${call}`, ok)));
    this.management.destroy();
  }

  #callOf({ item, value }: StoredItem): FunctionCall | undefined {
    const event: unknown = JSON.parse(value);
    if (connectedAt(event) <= this.#earlier) return undefined;
    const call = item.split('#').slice(-2).join('#');
    this.#held.add(call);
    return {
      event,
      answer: async (answer) => {
        this.#held.delete(call);
        await this.#write(`answer#${call}`, answer);
      },
    };
  }

  #write(item: string, value: unknown): Promise<void> {
    const { api, table } = this.#options;
    return table.write(api.id, item, JSON.stringify(value));
  }
}

/** When the event's connection was made, by the gateway's clock. */
export function connectedAt(event: unknown): number {
  return Number(at(event, 'requestContext.connectedAt'));
}

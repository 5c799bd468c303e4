import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { loadSigningKey } from '../dev/issuer/signing-key.ts';
import { issueToken } from '../dev/issuer/token.ts';
import { parseJson } from '../protocol/codec.ts';
import { offer } from '../protocol/handshake.ts';

const addresses = v.object({ websocket: v.string(), lambda: v.string(), notifyFunction: v.string() });

/** `npm start` on a free port, with its tables in memory. */
export interface Service {
  readonly websocket: string;
  readonly pid: number;
  token(hotel: string, department: string): Promise<string>;
  createConversation(hotel: string, id: string, department: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startService(dataDirectory: string, options: readonly string[]): Promise<Service> {
  const project = join(import.meta.dirname, '..');
  const start = [
    '--import',
    'tsx',
    'dev/start.ts',
    '--json',
    '--memory',
    '--port',
    '0',
    '--data',
    dataDirectory,
  ];
  const child = spawn(process.execPath, [...start, ...options], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  const { websocket, lambda, notifyFunction } = v.parse(
    v.pipe(v.string(), v.parseJson(), addresses),
    lines[0],
  );
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const upstream = new LambdaClient({ endpoint: lambda, region: 'us-east-1', credentials });
  const key = await loadSigningKey(dataDirectory);
  return {
    websocket,
    pid: child.pid ?? 0,
    token: (hotel, department) =>
      issueToken(
        { user: randomUUID(), hotel, departments: [department] },
        { key, now: Date.now(), expiresIn: 3600, id: randomUUID() },
      ),
    async createConversation(hotelId, id, department) {
      const conversation = { id, department, guest: { id: 'guest' } };
      const Payload = JSON.stringify({ type: 'conversation.created', hotelId, conversation });
      await upstream.send(new InvokeCommand({ FunctionName: notifyFunction, Payload }));
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** How many connect at once: each is two invocations. */
const connectsAtOnce = 8;

const reply = v.object({ type: v.string(), id: v.exactOptional(v.string()) });

/** One connection that counts the messages it gets. */
export class Member {
  messages = 0;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (type: string) => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      // The receiver's own work is no part of what is measured: events are told by their beginning.
      if (text.startsWith('{"type":"message"')) this.messages++;
      else this.#answered(text);
    });
  }

  static async connectMany(
    service: Service,
    hotel: string,
    department: string,
    count: number,
  ): Promise<Member[]> {
    const members: Member[] = [];
    let left = count;
    const connectSome = async (): Promise<void> => {
      while (left-- > 0) members.push(new Member(await open(service, hotel, department)));
    };
    await Promise.all(Array.from({ length: connectsAtOnce }, connectSome));
    return members;
  }

  /** Resolves once it is stored; one that was not is sent again. */
  async send(conversationId: string, text: string): Promise<void> {
    const clientMessageId = randomUUID();
    const request = { action: 'sendMessage', conversationId, clientMessageId, text };
    while ((await this.#ask(request)) !== 'sent');
  }

  async ping(): Promise<void> {
    await this.#ask({ action: 'ping' });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(request: object): Promise<string> {
    const id = randomUUID();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ ...request, id }));
    });
  }

  #answered(text: string): void {
    const parsed = v.safeParse(reply, parseJson(text));
    if (!parsed.success || parsed.output.id === undefined) return;
    this.#waiting.get(parsed.output.id)?.(parsed.output.type);
    this.#waiting.delete(parsed.output.id);
  }
}

async function open(service: Service, hotel: string, department: string): Promise<WebSocket> {
  const socket = new WebSocket(service.websocket, offer(await service.token(hotel, department)));
  await once(socket, 'open');
  return socket;
}

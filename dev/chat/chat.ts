import type { RequestInput } from '../../protocol/requests.ts';
import { commandHelp, readCommand, type Command, type ConversationCommand } from './commands.ts';
import { readFrame } from './frames.ts';
import { render, renderMessage } from './render.ts';
import { Requests, type RequestPorts } from './requests.ts';

export interface ChatPorts extends RequestPorts {
  /** Shows a line, which is safe to print. */
  readonly show: (line: string) => void;
  /** How the user's own messages are headed. */
  readonly self: string;
}

/** The conversation that lines go to, and where the part of it that was shown begins. */
interface OpenConversation {
  readonly id: string;
  oldest: number | undefined;
}

/** One person's chat over one connection: typed lines come in on one side, frames on the other. */
export class Chat {
  readonly #ports: ChatPorts;
  readonly #requests: Requests;
  #open: OpenConversation | undefined;

  constructor(ports: ChatPorts) {
    this.#ports = ports;
    this.#requests = new Requests(ports);
  }

  /** Does what a line asks for; settles once the server has answered, with false when the line asked to quit. */
  async take(line: string): Promise<boolean> {
    const command = readCommand(line);
    await this.#obey(command);
    return command.kind !== 'quit';
  }

  /** Shows a frame of the server. */
  receive(text: string): void {
    const frame = readFrame(text);
    if (frame === undefined) return;
    this.#show(render(frame));
    this.#requests.settle(frame);
  }

  /** Keeps the connection from idling; the answer is not shown. */
  ping(): void {
    this.#ports.send(JSON.stringify({ action: 'ping' } satisfies RequestInput));
  }

  /** The connection is gone: what waits for an answer waits no longer. */
  end(): void {
    this.#requests.end();
  }

  async #obey(command: Command): Promise<void> {
    switch (command.kind) {
      case 'nothing':
      case 'quit':
        return undefined;
      case 'problem':
        return this.#show([`! ${command.sentence}`]);
      case 'help':
        return this.#show(commandHelp);
      case 'list':
        return await this.#list(command.department);
      case 'open':
        return await this.#openConversation(command.conversationId);
      case 'say':
      case 'history':
      case 'close':
      case 'reopen':
      case 'route':
        if (this.#open !== undefined) return await this.#inConversation(command, this.#open);
        return this.#show(['! No conversation is open; /list shows them, /open CONVERSATION opens one.']);
    }
  }

  async #inConversation(command: ConversationCommand, open: OpenConversation): Promise<void> {
    switch (command.kind) {
      case 'say':
        return await this.#say(command.text, open.id);
      case 'history':
        return await this.#older(open);
      case 'route':
        await this.#requests.ask({
          action: 'route',
          conversationId: open.id,
          department: command.department,
        });
        return undefined;
      case 'close':
      case 'reopen':
        await this.#requests.ask({ action: command.kind, conversationId: open.id });
    }
  }

  async #list(department: string | null | undefined): Promise<void> {
    await this.#requests.ask({
      action: 'conversations',
      ...(department === undefined ? {} : { department }),
    });
  }

  async #openConversation(conversationId: string): Promise<void> {
    const answer = await this.#requests.ask({ action: 'subscribe', conversationId });
    if (answer?.type === 'subscribed') {
      this.#open = { id: conversationId, oldest: answer.messages[0]?.seq };
    }
  }

  async #older(open: OpenConversation): Promise<void> {
    const before = open.oldest === undefined ? {} : { before: open.oldest };
    const answer = await this.#requests.ask({ action: 'history', conversationId: open.id, ...before });
    if (answer?.type !== 'history') return;
    if (answer.messages.length === 0) this.#show(['* nothing older']);
    open.oldest = answer.messages[0]?.seq ?? open.oldest;
  }

  async #say(text: string, conversationId: string): Promise<void> {
    const clientMessageId = this.#ports.newId();
    const answer = await this.#requests.ask({ action: 'sendMessage', conversationId, clientMessageId, text });
    if (answer?.type !== 'sent') return;
    const { seq, sentAt } = answer;
    const sender = { kind: 'staff', id: this.#ports.self } as const;
    this.#show(renderMessage({ conversationId, seq, id: clientMessageId, sender, text, sentAt }));
  }

  #show(lines: readonly string[]): void {
    for (const line of lines) this.#ports.show(line);
  }
}

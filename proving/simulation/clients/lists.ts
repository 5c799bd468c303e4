import type { Client, ListEvent } from '../../../client/index.ts';
import type { Conversation, Status } from '../../../protocol/model.ts';
import type { Facts } from '../history/history.ts';

/** What a list is asked for. */
export interface ListQuestion {
  readonly department: string | null;
  readonly status: Status;
  /** How many are asked for at first. */
  readonly count: number;
}

interface OpenList {
  readonly question: ListQuestion;
  more(count: number): void;
  close(): void;
}

/** The lists that one life of a tab shows, and everything that the SDK says of them, in the history. */
export class Lists {
  readonly #client: Pick<Client, 'conversations' | 'state'>;
  readonly #add: (facts: Facts) => void;
  readonly #open = new Map<string, OpenList>();

  constructor(client: Pick<Client, 'conversations' | 'state'>, add: (facts: Facts) => void) {
    this.#client = client;
    this.#add = add;
  }

  get open(): ListQuestion[] {
    return [...this.#open.values()].map(({ question }) => question);
  }

  /** Opens a list, or closes it if it is open. */
  toggle(question: ListQuestion): void {
    const { department, status, count } = question;
    const name = nameOf(question);
    const facts = { type: 'ok', f: 'list', department, kind: status } as const;
    const known = this.#open.get(name);
    if (known) {
      this.#open.delete(name);
      known.close();
      return this.#add({ ...facts, err: 'closed' });
    }
    if (this.#client.state.status === 'closed') return;
    this.#add({ ...facts, type: 'invoke', others: [] });
    const handle = this.#client.conversations(department, { status, count }, (event: ListEvent) => {
      if (event.type === 'ended') {
        this.#open.delete(name);
        return this.#add({ ...facts, err: event.code });
      }
      const others = event.conversations.map(({ id, head }: Conversation) => ({ conv: id, head }));
      this.#add({ ...facts, others, complete: event.complete });
    });
    this.#open.set(name, {
      question,
      more: (further) => void handle.more(further),
      close: () => handle.close(),
    });
  }

  /** Lists older ones too. */
  more(question: ListQuestion, count: number): void {
    this.#open.get(nameOf(question))?.more(count);
  }

  close(): void {
    for (const { question } of this.#open.values()) this.toggle(question);
  }
}

function nameOf({ department, status }: ListQuestion): string {
  return `${department} ${status}`;
}

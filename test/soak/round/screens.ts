import { keyOf } from '../../simulation/checker/key-of.ts';
import { maySee, type Rights } from '../../simulation/checker/model.ts';
import type { Head } from '../table.ts';
import type { History, Line } from '../../simulation/history/history.ts';

interface Screen {
  readonly client: string;
  readonly key: string;
  shown: number;
}

/** What every client shows, followed through the history as it grows. */
export class Screens {
  readonly #history: History;
  readonly #open = new Map<number, Screen>();
  readonly #rights = new Map<string, Rights>();
  #read = 0;
  #deliveries = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** Messages that the SDK has handed to an app. */
  get deliveries(): number {
    this.#readOn();
    return this.#deliveries;
  }

  /** Each open view that should show more, in words. */
  behind(conversations: ReadonlyMap<string, Head>): string[] {
    this.#readOn();
    return [...this.#open.values()].flatMap(({ client, key, shown }) => {
      const conversation = conversations.get(key);
      const rights = this.#rights.get(client);
      if (conversation === undefined || rights === undefined || shown >= conversation.head) return [];
      if (!maySee(rights, conversation.department)) return [];
      return [`${client} shows ${shown} of ${conversation.head} in ${key}`];
    });
  }

  /** Reads what has been added to the history. */
  #readOn(): void {
    const { lines } = this.#history;
    for (; this.#read < lines.length; this.#read++) {
      const line = lines[this.#read];
      if (line) this.#follow(line);
    }
  }

  #follow(line: Line): void {
    const { f, view = 0, client = '', seq = 0 } = line;
    if (f === 'open') this.#open.set(view, { client, key: keyOf(line.hotel, line.conv), shown: seq });
    else if (f === 'ended') this.#open.delete(view);
    else if (f === 'connect') this.#rights.set(client, line);
    else if (f === 'display') {
      this.#deliveries++;
      const screen = this.#open.get(view);
      if (screen) screen.shown = Math.max(screen.shown, seq);
    }
  }
}

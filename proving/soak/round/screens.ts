import { keyOf } from '../../simulation/checker/key-of.ts';
import { maySee, type Rights } from '../../simulation/checker/model.ts';
import { followList, wrongIn, type Standing } from '../../simulation/checker/lists.ts';
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
  readonly #lists = new Map<string, Line>();
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

  /** Each open view that should show more, and each list that is not right, in words. */
  behind(conversations: ReadonlyMap<string, Standing>): string[] {
    this.#readOn();
    return [...this.#listsBehind([...conversations.values()]), ...this.#viewsBehind(conversations)];
  }

  #listsBehind(standings: readonly Standing[]): string[] {
    return [...this.#lists.values()].flatMap((list) => {
      const rights = this.#rights.get(list.client ?? '');
      if (rights === undefined || !maySee(rights, list.department)) return [];
      return wrongIn(list, standings) ?? [];
    });
  }

  #viewsBehind(conversations: ReadonlyMap<string, Standing>): string[] {
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
    else if (f === 'list') followList(this.#lists, line);
    else if (f === 'connect') this.#rights.set(client, line);
    else if (f === 'display') {
      this.#deliveries++;
      const screen = this.#open.get(view);
      if (screen) screen.shown = Math.max(screen.shown, seq);
    }
  }
}

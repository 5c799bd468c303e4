import type { SocketConstructor } from '../../../client/index.ts';
import { sessionStorage } from '../../simulation/clients/storage.ts';
import { Tab, type Counters, type Shown } from '../../simulation/clients/tab.ts';
import type { User } from '../../simulation/clients/tokens.ts';
import type { History } from '../../simulation/history/history.ts';
import type { Random } from '../../simulation/kernel/random.ts';
import { RecordedSocket, type SocketDependencies } from './socket.ts';

/** Shorter than the SDK's own, so that everything comes about in minutes; in the same order. */
export interface Pace {
  readonly rotateAfterMs: number;
  readonly rotateBeforeMs: number;
  readonly overlapMs: number;
  readonly watchingPingMs: number;
  readonly pingMs: number;
  readonly pongTimeoutMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

export interface MemberDependencies {
  readonly history: History;
  readonly counters: Counters;
  readonly random: Random;
  readonly pace: Pace;
  /** Where the service answers clients. */
  readonly url: string;
  /** Rejects when no token is to be had. */
  readonly token: (user: User) => Promise<string>;
  /** Of the sockets of one life of the tab. */
  readonly socketDependencies: (client: string) => SocketDependencies;
  readonly shown: Shown | undefined;
}

/** A seat at which a member of staff sits: one tab, that is reloaded now and then, and what its storage keeps. */
export class Member {
  readonly user: User;
  readonly #deps: MemberDependencies;
  readonly #name: string;
  readonly #storage = sessionStorage();
  readonly #sockets = new Set<RecordedSocket>();
  #life = 0;
  tab: Tab;

  constructor(deps: MemberDependencies, name: string, user: User) {
    this.#deps = deps;
    this.#name = name;
    this.user = user;
    this.tab = this.#sit();
  }

  get sockets(): RecordedSocket[] {
    for (const socket of this.#sockets) if (socket.isGone) this.#sockets.delete(socket);
    return [...this.#sockets];
  }

  get isOnline(): boolean {
    return this.tab.client.state.status === 'online';
  }

  /** The tab is loaded again, and shows what it showed. */
  reload(): void {
    const { views, lists } = this.tab;
    const { open } = lists;
    this.leave();
    this.tab = this.#sit();
    for (const conv of views) this.tab.view(conv);
    for (const list of open) this.tab.lists.toggle(list);
  }

  /** The tab is closed. */
  leave(): void {
    this.tab.unload();
  }

  /** Nothing of its connections is left. */
  cut(): void {
    for (const socket of this.#sockets) socket.cut();
  }

  #sit(): Tab {
    const { history, counters, shown, url, pace, random } = this.#deps;
    const name = `${this.#name}.${++this.#life}`;
    return new Tab({ history, counters, shown }, name, this.user, {
      url,
      ...pace,
      token: () => this.#deps.token(this.user),
      storage: this.#storage,
      stableMs: 3000,
      onNotice(notice) {
        if (notice.kind === 'listenerThrew') {
          history.add({ type: 'ok', f: 'unforeseen', client: name, err: String(notice.error) });
        }
      },
      platform: { WebSocket: this.#socketsOf(name), random: () => random.next() },
    });
  }

  #socketsOf(client: string): SocketConstructor {
    const deps = this.#deps.socketDependencies(client);
    const sockets = this.#sockets;
    return class extends RecordedSocket {
      constructor(url: string, protocols: string[]) {
        super(deps, url, protocols);
        sockets.add(this);
      }
    };
  }
}

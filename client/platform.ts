/** Time as the client sees it. Nothing else in this folder reads a clock or sets a timer. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `task` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, task: () => void): () => void;
}

/** What is used of a WebSocket: a browser's, Node's own (22 and newer) and that of the package `ws` all have it. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => Socket;

/** What is used of `sessionStorage`. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Everything that the client takes from the world around it. */
export interface Platform {
  readonly WebSocket: SocketConstructor;
  readonly clock: Clock;
  /** A number from 0 (included) to 1 (not included). */
  random(): number;
  /** A new id that no one else has: the `clientMessageId` of a message, its key for ever. */
  newId(): string;
}

/** The platform of a browser, or of Node; `surroundingsOf` says what is missing. */
export function systemPlatform(): Platform {
  return {
    WebSocket: globalThis.WebSocket,
    clock: {
      now: () => Date.now(),
      after(milliseconds, task) {
        const timer = setTimeout(task, Math.min(milliseconds, longestTimerMs));
        return () => clearTimeout(timer);
      },
    },
    random: () => Math.random(),
    // Not `randomUUID`: a page on http:// has none.
    newId: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), inHex).join(''),
  };
}

/** `setTimeout` takes more for nothing, and calls at once. */
const longestTimerMs = 2 ** 31 - 1;

const inHex = (byte: number): string => byte.toString(16).padStart(2, '0');

import type { Notice } from './notice.ts';
import { systemPlatform, type Platform, type TextStorage } from './platform.ts';
import { defaults, type Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

export interface ClientOptions extends Partial<Settings> {
  /** `wss://{host}/{stage}`. */
  readonly url: string;
  /** Gives a JWT for a new connection; asked again before one expires, and after a handshake failed. */
  readonly token: () => Promise<string>;
  /** Where messages that wait survive a reload: `sessionStorage`, or another that no other tab shares. Default: nowhere. */
  readonly storage?: TextStorage;
  readonly platform?: Partial<Platform>;
  /** Default: a listener's error is thrown where the page's own error handlers see it, and the rest is ignored. */
  readonly onNotice?: (notice: Notice) => void;
}

/** The options with everything filled in; throws a `TypeError` that says what is wrong. */
export function surroundingsOf(options: ClientOptions): Surroundings {
  const platform = { ...systemPlatform(), ...options.platform };
  const settings = { ...defaults, ...options };
  if (!/^wss?:\/\//.test(options.url)) throw new TypeError('url: must be ws:// or wss://');
  if (typeof options.token !== 'function') throw new TypeError('token: must be a function');
  if (typeof platform.WebSocket !== 'function') {
    throw new TypeError('platform.WebSocket: must be given where there is no global one');
  }
  if (!options.platform?.newId && !globalThis.crypto?.getRandomValues) {
    throw new TypeError('platform.newId: must be given where there is no crypto.getRandomValues');
  }
  for (const [name, value] of Object.entries(settings)) {
    if (name in defaults && !(typeof value === 'number' && value >= 0)) {
      throw new TypeError(`${name}: must be a number that is not negative`);
    }
  }
  // API Gateway cuts what was idle for ten minutes.
  if (settings.pingMs + settings.watchingPingMs > 540_000) {
    throw new TypeError('pingMs + watchingPingMs: must be at most 540000');
  }
  return { ...platform, settings, notice: options.onNotice ?? throwListenerErrors };
}

function throwListenerErrors(notice: Notice): void {
  if (notice.kind !== 'listenerThrew') return;
  queueMicrotask(() => {
    throw notice.error;
  });
}

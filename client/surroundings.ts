import type { Notice } from './notice.ts';
import type { Platform } from './platform.ts';
import type { Settings } from './settings.ts';

/** What the parts of the client have in common. */
export interface Surroundings extends Platform {
  readonly settings: Settings;
  notice(notice: Notice): void;
}

/** Calls a listener of the app, whose errors are not the client's. */
export function notifyListener<Event>(
  context: Surroundings,
  listener: (event: Event) => void,
  event: Event,
): void {
  try {
    listener(event);
  } catch (error) {
    context.notice({ kind: 'listenerThrew', error });
  }
}

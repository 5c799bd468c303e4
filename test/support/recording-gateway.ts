import type { Gateway } from '../../lambdas/core/ports.ts';
import { events, type Event } from '../../protocol/replies.ts';
import { readEvent } from './frames.ts';

type Answer = Awaited<ReturnType<Gateway['post']>>;

export interface RecordingGateway extends Gateway {
  /** Every post in its order, answered or not. */
  readonly posts: readonly { readonly connectionId: string; readonly frame: Event }[];
  /** What was posted to a connection, as a receiver reads it. */
  sentTo(connection: { readonly id: string }): Event[];
  /** Forgets what was posted so far. */
  clear(): void;
  /** How later posts to a connection are answered; `delivered` until told. */
  answer(connection: { readonly id: string }, answer: Answer): void;
  /** Holds the next answers to a connection back until the returned function gives them. */
  hold(connection: { readonly id: string }): (answer: Answer) => void;
  /** Connections that were closed, in order. */
  readonly closed: readonly string[];
  /** Posts under way at once, at most, so far. */
  readonly peak: number;
}

/** A gateway that keeps every frame. It refuses, loudly, one that no receiver could read. */
export function recordingGateway(): RecordingGateway {
  let posts: { connectionId: string; frame: Event }[] = [];
  const answers = new Map<string, Answer | Promise<Answer>>();
  const closed: string[] = [];
  let underWay = 0;
  let peak = 0;
  return {
    closed,
    get posts() {
      return posts;
    },
    get peak() {
      return peak;
    },
    sentTo: ({ id }) => posts.filter(({ connectionId }) => connectionId === id).map(({ frame }) => frame),
    clear: () => void (posts = []),
    answer: ({ id }, answer) => void answers.set(id, answer),
    hold({ id }) {
      let release: ((answer: Answer) => void) | undefined;
      const answer = new Promise<Answer>((resolve) => {
        release = resolve;
      });
      answers.set(id, answer);
      return (given) => release?.(given);
    },
    async post(connectionId, frame) {
      peak = Math.max(peak, ++underWay);
      posts.push({ connectionId, frame: readAny(frame) });
      const answer = await (answers.get(connectionId) ?? 'delivered');
      underWay--;
      return answer;
    },
    close: (connectionId) => Promise.resolve(void closed.push(connectionId)),
  };
}

function readAny(frame: string): Event {
  const value: unknown = JSON.parse(frame);
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (type === 'message') return readEvent('message', frame);
  if (type === 'conversation') return readEvent('conversation', frame);
  throw new Error(`not one of ${Object.keys(events).join(', ')}: ${String(type)}`);
}

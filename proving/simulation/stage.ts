import type { NotifyInput } from '../../protocol/notify.ts';
import type { Prober } from './clients/prober.ts';
import type { User } from './clients/tokens.ts';
import type { Random } from './kernel/random.ts';

/** What people need in order to do something. */
export interface Stage {
  readonly plan: { readonly conversations: number };
  readonly departments: readonly string[];
  /** Events of one call are invoked together. */
  readonly upstream: { notify(...events: readonly NotifyInput[]): void };
  readonly scheduler: { after(milliseconds: number, task: () => void): unknown };
  /** Milliseconds since 1970. */
  now(): number;
  /** A number that nothing else has. */
  number(): number;
  /** A text that no other message has. */
  text(dice: Random): string;
  prober(user: User): Pick<Prober, 'conflict' | 'forgeCursor' | 'repeat'>;
}

export const departmentNames = ['front-desk', 'housekeeping', 'spa'];

/** Ids of conversations are the same in every hotel: what mixes hotels up must not go unseen. */
export function conversationId(number: number): string {
  return `talk-${number}`;
}

import type { Conversation, Guest } from '../conversation.ts';
import { cleanName } from '../text.ts';

/** What a conversation knows of its guest. */
type Known = Pick<Conversation, 'guest' | 'namedAt' | 'createdAs'>;

/** A guest as stored at the creation of a conversation. */
export function newGuest({ name, ...guest }: Guest, sentAt: string | undefined, now: Date): Known {
  const cleaned = nameOf(name);
  return {
    guest: { ...guest, ...cleaned },
    ...(cleaned.name === undefined ? {} : { createdAs: cleaned.name, ...toldAt(sentAt, now) }),
  };
}

/**
 * The guest after a message told a name: the newest one counts. `sentAt` is the guest's clock, so a name is compared with
 * one of the same clock; without it, the name counts as new.
 */
export function named(
  current: Conversation,
  name: string | undefined,
  sentAt: string | undefined,
  now: Date,
): Known {
  const cleaned = nameOf(name);
  const told = toldAt(sentAt, now);
  const isOlder =
    told.namedAt !== undefined && current.namedAt !== undefined && told.namedAt < current.namedAt;
  if (cleaned.name === undefined || isOlder) return { guest: current.guest };
  return { guest: { ...current.guest, ...cleaned }, ...told };
}

/**
 * The guest after another creation of a conversation that exists, alone or with a new message. Its id, channel and address
 * stay; what was not known of the latter two is filled in.
 *
 * A creation without a message has neither an id nor a time, so one that tells the name that the last one told is taken for
 * its repeat: it must not bring a name back that a message has changed since.
 */
export function createdAgain(
  current: Conversation,
  { name, channel, address }: Guest,
  message: { readonly sentAt?: string } | undefined,
  now: Date,
): Known {
  const cleaned = nameOf(name);
  const isNews = cleaned.name !== undefined && (message !== undefined || cleaned.name !== current.createdAs);
  const known = isNews ? named(current, name, message?.sentAt, now) : { guest: current.guest };
  return {
    ...known,
    guest: {
      ...(channel === undefined ? {} : { channel }),
      ...(address === undefined ? {} : { address }),
      ...known.guest,
    },
    ...(isNews ? { createdAs: cleaned.name } : {}),
  };
}

/** Whether anything of a guest is another than it was. */
export function differs(one: Guest, other: Guest): boolean {
  return one.name !== other.name || one.channel !== other.channel || one.address !== other.address;
}

/** A name of which nothing is left to see is none. */
function nameOf(name: string | undefined): { name?: string } {
  const { text } = cleanName(name ?? '');
  return text === '' ? {} : { name: text };
}

/** A clock that runs ahead must not make every later name old. */
function toldAt(sentAt: string | undefined, now: Date): { namedAt?: string } {
  if (sentAt === undefined) return {};
  const latest = now.toISOString();
  return { namedAt: sentAt > latest ? latest : sentAt };
}

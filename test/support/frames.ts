import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { byteLength, encode } from '../../protocol/codec.ts';
import { limits } from '../../protocol/limits.ts';
import { events, replies, type Event, type Reply } from '../../protocol/replies.ts';

/** A reply as a receiver reads it. Throws unless it is of this type, fits into a frame and has no unknown field. */
export function readReply<T extends keyof typeof replies>(
  type: T,
  reply: Reply | string,
): v.InferOutput<(typeof replies)[T]> {
  const value = jsonWithin(typeof reply === 'string' ? reply : encode(reply));
  return complete(v.parse(replies[type], value), value);
}

/** The same for an event. */
export function readEvent<T extends keyof typeof events>(
  type: T,
  event: Event | string,
): v.InferOutput<(typeof events)[T]> {
  const value = jsonWithin(typeof event === 'string' ? event : encode(event));
  return complete(v.parse(events[type], value), value);
}

function jsonWithin(text: string): unknown {
  const bytes = byteLength(text);
  if (bytes > limits.frameBytes) throw new Error(`a frame of ${bytes} bytes`);
  const value: unknown = JSON.parse(text);
  return value;
}

/** The schemas are open, so that clients may be older than servers; this server sends what they say and no more. */
function complete<T>(parsed: T, value: unknown): T {
  const plain: unknown = JSON.parse(
    JSON.stringify(parsed, (_, each: unknown): unknown =>
      each instanceof Map ? Object.fromEntries(each) : each,
    ),
  );
  if (!isDeepStrictEqual(plain, value)) {
    throw new Error(`a frame with fields beyond its schema: ${JSON.stringify(value)}`);
  }
  return parsed;
}

import * as v from 'valibot';
import { parseJson } from '../../protocol/codec.ts';
import { events, gatewayFrame, replies } from '../../protocol/replies.ts';

const typed = v.variant('type', [
  replies.subscribed,
  replies.unsubscribed,
  replies.sent,
  replies.history,
  replies.conversations,
  replies.changed,
  replies.pong,
  replies.error,
  events.message,
  events.conversation,
  events.bye,
]);

const untyped = v.pipe(
  gatewayFrame,
  v.transform(({ message }) => ({ type: 'gateway' as const, message })),
);

const received = v.union([typed, untyped]);

/** A frame as a client reads it; `gateway` is API Gateway speaking for itself, about a request that it does not name. */
export type Received = v.InferOutput<typeof received>;

/** The frame in a text, or undefined for one that this client does not know: newer servers send more. */
export function readFrame(text: string): Received | undefined {
  const parsed = v.safeParse(received, parseJson(text));
  return parsed.success ? parsed.output : undefined;
}

import * as v from 'valibot';
import type { Code, Refusal } from './codes.ts';
import { retryOf } from './codes.ts';
import { limits } from './limits.ts';
import { eventAbout, lostGuestTime, notifyEvent, type NotifyEvent } from './notify.ts';
import type { Reply, ServerFrame } from './replies.ts';
import { requests, type Action, type Request } from './requests.ts';
import { id } from './scalars.ts';

/** Either a value, or why there is none. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | ({ readonly ok: false; readonly refusal: Refusal } & Asking);

/** What a request says of its reply, as far as it could be read. */
export interface Asking {
  /** Comes back on the reply. */
  readonly id?: string;
  /** The reply says who the connection is. */
  readonly who?: true;
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A server's frame as it goes over the wire. */
export function encode(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

/** An error frame; `id` is the request's. */
export function errorFrame(refusal: Refusal, requestId?: string): Reply<'error'> {
  return {
    type: 'error',
    ...(requestId === undefined ? {} : { id: requestId }),
    code: refusal.code,
    message: refusal.message,
    retry: retryOf[refusal.code],
  };
}

/**
 * The request in a client's frame.
 *
 * `action` is the route on which the frame arrived: what the frame itself names must be the same. Never throws.
 */
export function decodeRequest<A extends Action>(action: A, text: string): Decoded<Request<A>> {
  const json = decodeJson(text);
  if (!json.ok) return json;
  const parsed = v.safeParse(requests[action], json.value, { abortEarly: true });
  return parsed.success
    ? { ok: true, value: parsed.output }
    : { ok: false, refusal: refusalOf(parsed.issues[0]), ...askingOf(json.value) };
}

/** Why a frame that no route took is refused. Never throws. */
export function refuseUnrouted(text: string): Extract<Decoded<never>, { ok: false }> {
  const json = decodeJson(text);
  if (!json.ok) return json;
  const action = own(json.value, 'action');
  const known = Object.keys(requests).join(', ');
  const refusal: Refusal =
    typeof action === 'string' && !Object.hasOwn(requests, action)
      ? { code: 'UNKNOWN_ACTION', message: `No such action; there are ${known}.` }
      : { code: 'BAD_REQUEST', message: `action: must be one of ${known}` };
  return { ok: false, refusal, ...askingOf(json.value) };
}

/** An event of `notify`, or why it is none. */
export type DecodedEvent =
  | {
      readonly ok: true;
      readonly event: NotifyEvent;
      /** How many of its fields nobody knows; not counted further than `limits.unknownFields`. */
      readonly unknownFields: number;
      /** How many times of the guest were given and could not be read: an event has one at most. */
      readonly unreadableTimes: number;
    }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** What it is about, where that can be read all the same. */
      readonly about?: { readonly hotelId: string; readonly conversationId: string };
    };

/** One event of an invocation of `notify`. Never throws, and its work does not grow with what it does not know. */
export function decodeNotifyEvent(input: unknown): DecodedEvent {
  const parsed = v.safeParse(notifyEvent, input, { abortEarly: true });
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.issues[0]), ...aboutOf(input) };
  const { output: event } = parsed;
  const schema = notifyEvent.options.find(({ entries }) => entries.type.literal === event.type);
  return {
    ok: true,
    event,
    unknownFields: countUnknown(schema, input, limits.unknownFields),
    unreadableTimes: lostGuestTime(event, input) ? 1 : 0,
  };
}

function aboutOf(input: unknown): Pick<Extract<DecodedEvent, { ok: false }>, 'about'> {
  const parsed = v.safeParse(eventAbout, input);
  return parsed.success ? { about: parsed.output } : {};
}

/** The JSON object in a frame, within the limits on bytes and depth. */
function decodeJson(text: string): Decoded<object> {
  // A UTF-16 unit is at most three bytes of UTF-8 and at least one: most frames need no second look.
  if (
    text.length > limits.requestBytes ||
    (text.length * 3 > limits.requestBytes && byteLength(text) > limits.requestBytes)
  ) {
    return refuse('TOO_LARGE', `A frame has at most ${limits.requestBytes} bytes.`);
  }
  if (depthOf(text) > limits.jsonDepth) {
    return refuse('BAD_REQUEST', `A frame is nested at most ${limits.jsonDepth} deep.`);
  }
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ok: true, value }
    : refuse('BAD_REQUEST', 'A frame is one JSON object.');
}

/** The value of a JSON text; undefined, which no JSON text has, when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** How deep a JSON text nests, found without recursion: a parser may take what later code cannot walk. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

function refuse(code: Code, message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message } };
}

/** Names the field where it is one of ours; a key that the peer made up is not echoed. */
function refusalOf(issue: v.BaseIssue<unknown>): Refusal {
  const unknownField = issue.type === 'strict_object' && issue.expected === 'never';
  const path = (issue.path ?? []).map((step) => String(step.key));
  const place = (unknownField ? path.slice(0, -1) : path).join('.');
  return { code: 'BAD_REQUEST', message: place === '' ? issue.message : `${place}: ${issue.message}` };
}

function askingOf(value: object): Asking {
  const given = v.safeParse(id, own(value, 'id'));
  return {
    ...(given.success ? { id: given.output } : {}),
    ...(own(value, 'who') === true ? { who: true } : {}),
  };
}

function own(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/**
 * Fields of `input` that its schema does not name, at any depth that the schema describes; at most `most`. What is unknown
 * is counted and never looked into.
 */
function countUnknown(schema: unknown, input: unknown, most: number): number {
  const known = fieldsOf(schema);
  if (known === undefined || typeof input !== 'object' || input === null) return 0;
  let count = 0;
  for (const name in input) {
    if (count >= most) break;
    if (!Object.hasOwn(input, name)) continue;
    count += Object.hasOwn(known, name) ? countUnknown(own(known, name), own(input, name), most - count) : 1;
  }
  return count;
}

/** The fields of an object's schema, also of an optional one; undefined for the schema of anything else. */
function fieldsOf(schema: unknown): object | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('wrapped' in schema) return fieldsOf(schema.wrapped);
  return 'entries' in schema && typeof schema.entries === 'object' && schema.entries !== null
    ? schema.entries
    : undefined;
}

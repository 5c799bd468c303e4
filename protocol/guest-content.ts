import * as v from 'valibot';
import { limits } from './limits.ts';
import { attachment as onWire, type Attachment } from './model.ts';
import { freeText, position, upstreamInstant } from './scalars.ts';

/*
 * What a guest sent, mended: a guest is never refused for content, and one odd field must not hold up whoever comes behind.
 * What can be put right is, what cannot is left out, and either is told by `truncated`. Lengths of texts and names are the
 * server's business: they are cut where they are stored.
 */

/** What a guest wrote and attached. */
export interface GuestContent {
  readonly text: string;
  /** An `instant`; absent where there was none that could be read. */
  readonly sentAt?: string;
  readonly attachments?: readonly Attachment[];
  /** Something was left out or mended. Names are neither cleaned nor cut yet. */
  readonly truncated?: true;
}

interface Sent {
  readonly text?: unknown;
  readonly sentAt?: unknown;
  readonly attachments?: unknown;
}

export function mendedContent(sent: Sent): GuestContent {
  const { attachments, odd } = mendedAttachments(sent.attachments);
  return {
    text: typeof sent.text === 'string' ? sent.text : '',
    ...field('sentAt', readable(upstreamInstant, sent.sentAt)),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(odd || typeof sent.text !== 'string' ? { truncated: true } : {}),
  };
}

/** A value that the schema takes, as the schema makes it; undefined for any other. */
export function readable<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> | undefined {
  // At the first thing that is wrong: whatever its size, the rest is not looked at.
  const parsed = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  return parsed.success ? parsed.output : undefined;
}

/** An object of one field, or of none where there is no value. */
export function field<const Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [N in Name]?: Value } {
  const made: { [N in Name]?: Value } = {};
  if (value !== undefined) made[name] = value;
  return made;
}

/** The first ten; the others are not even looked at. */
function mendedAttachments(sent: unknown): { attachments: Attachment[]; odd: boolean } {
  if (sent === undefined) return { attachments: [], odd: false };
  if (!Array.isArray(sent)) return { attachments: [], odd: true };
  const kept: readonly unknown[] = sent.slice(0, limits.attachments);
  const mended = kept.map(mendedAttachment);
  return {
    attachments: mended.flatMap(({ attachment }) => attachment ?? []),
    odd: sent.length > kept.length || mended.some(({ odd }) => odd),
  };
}

/** The kinds that staff's clients can count on; what is none of them is shown as a document. */
export const attachmentKinds = [
  'image',
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contacts',
] as const;

const kind = v.picklist(attachmentKinds);
const { mime } = onWire.entries;

const anyFields = v.object({
  kind: v.exactOptional(v.unknown()),
  id: v.exactOptional(v.unknown()),
  url: v.exactOptional(v.unknown()),
  mime: v.exactOptional(v.unknown()),
  name: v.exactOptional(v.unknown()),
  size: v.exactOptional(v.unknown()),
});

function mendedAttachment(sent: unknown): { attachment?: Attachment; odd: boolean } {
  const given = Array.isArray(sent) ? undefined : readable(anyFields, sent);
  if (given === undefined) return { odd: true };
  const mended = {
    kind: readable(kind, given.kind) ?? 'document',
    ...field('id', readable(freeText, given.id)),
    ...field('url', mendedUrl(given.url)),
    ...field('mime', readable(mime.wrapped, given.mime)),
    ...field('name', readable(v.string(), given.name)),
    ...field('size', mendedSize(given.size)),
  };
  const odd =
    mended.kind !== given.kind ||
    (['id', 'url', 'mime', 'name', 'size'] as const).some((name) => mended[name] !== given[name]);
  return { attachment: mended, odd };
}

/** An `https` URL in ASCII: as it is given where it is one, because it may be signed, or else with what is odd encoded. */
function mendedUrl(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length > limits.attachmentUrlUnits) return undefined;
  const href = encoded(given);
  if (href === undefined || href.length > limits.attachmentUrlUnits) return undefined;
  return /^https:\/\/[!#-[\]-~]+$/.test(given) ? given : href;
}

function encoded(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const { protocol, href } = new URL(given);
  // A query may hold a backslash and a fragment an apostrophe; only the former, and the quote, are no part of our URLs.
  return protocol === 'https:' ? href.replace(/["\\]/g, encodeURIComponent) : undefined;
}

function mendedSize(given: unknown): number | undefined {
  const number = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : given;
  return readable(position, number);
}

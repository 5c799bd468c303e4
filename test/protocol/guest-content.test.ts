import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { decodeNotifyEvent } from '../../protocol/codec.ts';
import { attachmentKinds } from '../../protocol/guest-content.ts';
import { attachment } from '../../protocol/model.ts';

const base = { hotelId: 'grand', conversationId: 'talk' };

/** What a message's content is taken for. */
function content(given: object): unknown {
  const decoded = decodeNotifyEvent({ ...base, type: 'message.received', message: { id: 'g1', ...given } });
  if (!decoded.ok || decoded.event.type !== 'message.received') throw new Error('it was refused');
  const { id: _, ...rest } = decoded.event.message;
  return rest;
}

/** What one attachment is taken for, and whether it was mended. */
function one(given: unknown): unknown {
  return content({ text: 'x', attachments: [given] });
}

const image = { kind: 'image' };
const kept = (fields: object) => ({ text: 'x', attachments: [fields] });
const mended = (fields: object) => ({ ...kept(fields), truncated: true });

describe('an attachment', () => {
  it('is as it was sent where nothing is odd', () => {
    const whole = {
      kind: 'image',
      id: 'media-1',
      url: "https://user@a.example:8443/b%20c?X-Signature=a+b/c==&d='e'#f",
      mime: 'image/png; charset=utf-8',
      name: 'Zimmer 12 \u0007',
      size: 0,
    };
    expect(one(whole)).toEqual(kept(whole));
  });

  it.each<[string, object, object]>([
    ['a mime that is empty', { mime: '' }, {}],
    ['a mime that is null', { mime: null }, {}],
    ['a mime of 129 characters', { mime: 'm'.repeat(129) }, {}],
    ['a mime with a control character', { mime: 'image/\u0000png' }, {}],
    ['a name that is null', { name: null }, {}],
    ['an id that is too long', { id: 'i'.repeat(129) }, {}],
    ['an id that is a number', { id: 7 }, {}],
    ['a size in a text', { size: '123' }, { size: 123 }],
    ['a size that is too large', { size: '99999999999999999999' }, {}],
    ['a size below zero', { size: -1 }, {}],
    ['a broken size', { size: 1.5 }, {}],
    ['a size that is no number', { size: '12 KB' }, {}],
    ['a kind that nobody knows', { kind: 'hologram' }, { kind: 'document' }],
    ['a kind that is null', { kind: null }, { kind: 'document' }],
    ['an inherited name for a kind', { kind: 'constructor' }, { kind: 'document' }],
  ])('loses or changes only %s, and says so', (_, odd, left) => {
    expect(one({ ...image, ...odd })).toEqual(mended({ ...image, ...left }));
  });

  it('without a kind is a document', () => {
    expect(one({})).toEqual(mended({ kind: 'document' }));
  });

  it.each(attachmentKinds)('of the kind %s keeps it', (kind) => {
    expect(one({ kind })).toEqual(kept({ kind }));
  });

  it.each([[null], ['a'], [7], [true], [[]], [[image]]])(
    'that is %j is left out, and the others stay',
    (odd) => {
      const sent = { text: 'x', attachments: [odd, image] };
      expect(content(sent)).toEqual(mended(image));
    },
  );
});

describe('a link', () => {
  it.each([
    ['a blank', 'https://a.example/b c.jpg', 'https://a.example/b%20c.jpg'],
    ['an umlaut', 'https://a.example/Tür.jpg', 'https://a.example/T%C3%BCr.jpg'],
    ['an umlaut in its host', 'https://tür.example/', 'https://xn--tr-xka.example/'],
    ['a quote', 'https://a.example/?q="a"', 'https://a.example/?q=%22a%22'],
    ['a backslash', 'https://a.example/?q=a\\b', 'https://a.example/?q=a%5Cb'],
    ['blanks around it', ' https://a.example/b ', 'https://a.example/b'],
    ['no slashes', 'https:a.example', 'https://a.example/'],
    ['a line end in it', 'https://a.example/b\n', 'https://a.example/b'],
  ])('with %s is encoded', (_, url, encoded) => {
    expect(one({ ...image, url })).toEqual(mended({ ...image, url: encoded }));
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'http://a.example/b',
    'blob:https://a.example/1',
    'ftp://a.example',
    '//a.example/b',
    'a.example',
    'https://',
    'https://a b.example/',
    '',
    `https://a.example/${'b'.repeat(4096)}`,
    `https://a.example/${'ü'.repeat(1000)}`,
    7,
    null,
    { href: 'https://a.example' },
  ])('is left out when it is %j', (url) => {
    expect(one({ ...image, url })).toEqual(mended(image));
  });

  it('may be 4,096 characters long', () => {
    const url = `https://a.example/${'b'.repeat(4096 - 18)}`;
    expect(one({ ...image, url })).toEqual(kept({ ...image, url }));
  });
});

describe('a message', () => {
  it.each([[null], [7], [['a']], [{}]])('whose text is %j has none, and says that it had', (text) => {
    expect(content({ text })).toEqual({ text: '', truncated: true });
  });

  it('without a text has an empty one, and says that something is missing', () => {
    expect(content({})).toEqual({ text: '', truncated: true });
  });

  it.each(['yesterday', '2026-02-30T00:00:00Z', 1_795_000, null, {}])(
    'sent at %j has no time that could be read, and nothing else is amiss',
    (sentAt) => {
      expect(content({ text: 'x', sentAt })).toEqual({ text: 'x' });
    },
  );

  it.each([null, 'a', 7, {}])('whose attachments are %j has none, and says so', (attachments) => {
    expect(content({ text: 'x', attachments })).toEqual({ text: 'x', truncated: true });
  });

  it('has ten attachments, and what lies behind them is not looked at', () => {
    const trap = {
      get kind(): string {
        throw new Error('it was looked at');
      },
    };
    const attachments = [...Array.from({ length: 10 }, () => image), trap];
    expect(content({ text: 'x', attachments })).toEqual({
      text: 'x',
      attachments: Array.from({ length: 10 }, () => image),
      truncated: true,
    });
  });

  it('is never refused for its content, and what is kept of it may be shown', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.anything());
    const link = fc.oneof(odd, fc.webUrl(), fc.string({ unit: 'binary' }));
    const sent = fc.record(
      { kind: odd, id: odd, url: link, mime: odd, name: odd, size: odd },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(odd, odd, fc.oneof(odd, fc.array(fc.oneof(odd, sent))), (text, sentAt, attachments) => {
        const message = { id: 'g1', text, sentAt, attachments };
        const decoded = decodeNotifyEvent({ ...base, type: 'message.received', message, guest: odd });
        if (!decoded.ok || decoded.event.type !== 'message.received') throw new Error('it was refused');
        for (const { name: _, ...each } of decoded.event.message.attachments ?? []) {
          expect(v.is(attachment, each)).toBe(true);
          if (each.url !== undefined) expect(new URL(each.url).protocol).toBe('https:');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a guest', () => {
  it('loses what is odd of name, channel and address', () => {
    const decode = (guest: object) =>
      decodeNotifyEvent({
        type: 'conversation.created',
        hotelId: 'grand',
        conversation: { id: 'talk', guest: { id: 'g', ...guest } },
      });
    const of = (guest: object) => ({ ok: true, event: { conversation: { guest } } });
    expect(decode({ name: null, channel: '', address: 7 })).toMatchObject(of({}));
    expect(decode({ name: '', channel: 'c'.repeat(129), address: 'a'.repeat(161) })).toEqual({
      ok: true,
      unknownFields: 0,
      unreadableTimes: 0,
      event: {
        type: 'conversation.created',
        hotelId: 'grand',
        conversation: { id: 'talk', guest: { id: 'g', name: '' } },
      },
    });
    const business = `US.${'a1'.repeat(64)}`;
    expect(decode({ id: business, address: business })).toMatchObject(
      of({ id: business, address: business }),
    );
  });
});

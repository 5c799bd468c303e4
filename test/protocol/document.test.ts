import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { codes, retryOf } from '../../protocol/codes.ts';
import { limits } from '../../protocol/limits.ts';
import { attachment, conversation, message } from '../../protocol/model.ts';
import { notifyEvent } from '../../protocol/notify.ts';
import { events, replies, replyTypes } from '../../protocol/replies.ts';
import { requests } from '../../protocol/requests.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8');

describe('docs/protocol.md', () => {
  it('lists every error code with its advice, and no other', () => {
    const documented = table('code').map(([code, , retry]) => [code, retry]);
    expect(documented).toEqual(codes.map((code) => [`\`${code}\``, `\`${retryOf[code]}\``]));
  });

  it('lists every action with its fields', () => {
    const inSchemas = Object.entries(requests).map(([action, schema]) => [
      action,
      fieldsOf(schema, ['action', 'id', 'who']),
    ]);
    expect(fieldsIn(table('action'))).toEqual(Object.fromEntries(inSchemas));
  });

  it('lists the reply that answers each action', () => {
    const documented = table('action').map(([action, , reply]) => [action, reply]);
    expect(documented).toEqual(
      Object.entries(replyTypes).map(([action, type]) => [`\`${action}\``, `\`${type}\``]),
    );
  });

  it('lists every frame of the server with its fields', () => {
    const inSchemas = Object.entries({ ...replies, ...events }).map(([type, schema]) => [
      type,
      fieldsOf(schema, ['type', 'id', 'you']),
    ]);
    expect(fieldsIn(tables('type')[0] ?? [])).toEqual(Object.fromEntries(inSchemas));
  });

  it('lists the fields of what the frames hold', () => {
    expect(fieldsIn(table('object'))).toEqual({
      Message: fieldsOf(message),
      Conversation: fieldsOf(conversation),
      Attachment: fieldsOf(attachment),
    });
  });

  it('lists every event of notify with its fields', () => {
    const inSchemas = notifyEvent.options.map((schema) => [
      schema.entries.type.literal,
      fieldsOf(schema, ['type']),
    ]);
    expect(fieldsIn(tables('type')[1] ?? [])).toEqual(Object.fromEntries(inSchemas));
  });
});

describe('the numbers in docs/protocol.md', () => {
  const { tokenSeconds, clockToleranceSeconds, replySeconds, idUnits } = limits;

  it.each([
    ['the life of a token', `lives at most ${tokenSeconds / 3600} hours, from \`iat\` to \`exp\``],
    ['how far clocks may differ', `Clocks may differ by ${clockToleranceSeconds} s`],
    ['how long API Gateway waits for a reply', `its ${replySeconds} s limit`],
    ['the longest id', `{0,${idUnits - 1}}$`],
    ['the longest grapheme', `a grapheme of more than ${limits.graphemeUnits} units`],
    [
      'the largest frame of a client',
      `at most ${limits.requestBytes / 1024} KiB of UTF-8 and ${limits.jsonDepth} deep`,
    ],
    [
      'the largest frame of the server',
      `No frame that the server sends is over ${limits.frameBytes / 1024} KiB`,
    ],
    ['subscriptions', `A connection may have ${limits.subscriptionsPerConnection} subscriptions`],
  ])('are those of the code: %s', (_, sentence) => {
    expect(document.replaceAll('\n', ' ')).toContain(sentence);
  });
});

type Schema = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** Fields as the document writes them, `?` for those that may be missing, in any order. */
function fieldsOf(schema: Schema, leaveOut: readonly string[] = []): string[] {
  return Object.entries(schema.entries)
    .filter(([name]) => !leaveOut.includes(name))
    .map(([name, entry]) => (entry.type === 'exact_optional' ? `${name}?` : name))
    .toSorted();
}

/** The fields in the second column, by the first. */
function fieldsIn(rows: readonly string[][]): Record<string, string[]> {
  return Object.fromEntries(
    rows.map(([name = '', fields = '']) => [
      name.replaceAll('`', ''),
      fields
        .split(',')
        .map((field) => field.replaceAll('`', '').trim())
        .toSorted(),
    ]),
  );
}

function table(heading: string): string[][] {
  const [first] = tables(heading);
  if (first === undefined) throw new Error(`the document has no table headed ${heading}`);
  return first;
}

/** The rows of every table whose first heading is this one. */
function tables(heading: string): string[][][] {
  return document
    .split('\n\n')
    .filter((block) => block.startsWith(`| ${heading} |`))
    .map((block) =>
      block
        .trim()
        .split('\n')
        .slice(2)
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    );
}

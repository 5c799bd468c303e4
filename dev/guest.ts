/** `npm run guest`: plays the upstream Lambda that brings a guest's message. */
import { randomUUID } from 'node:crypto';
import { limits } from '../protocol/limits.ts';
import {
  type Options,
  readOptions,
  required,
  runCommand,
  type Terminal,
} from '../local/src/command-line/index.ts';
import { createNotify } from './guest/notify-client.ts';
import { writeAsGuest, type Writing } from './guest/write.ts';
import { findRunning } from './running.ts';
import { localRun } from './settings.ts';
import { readId } from './staff-options.ts';

const help = `npm run guest -- --hotel grand --conversation c1 --department front-desk --text "Hello"

Brings a guest's message to the running instance, as an upstream Lambda does, and prints what notify answers.

  --hotel ID           the hotel
  --conversation ID    begun when there is none of that id
  --department ID      where a new conversation goes; without it, to the hotel's managers
  --text TEXT          what the guest writes
  --guest ID           who writes; guest-CONVERSATION unless said
  --name TEXT          the guest's name, for a new conversation
  --message ID         id of the message; the same one again is the same message
  --data DIR           data folder of the running instance, ${localRun.dataDirectory} unless said`;

const kinds = {
  hotel: 'value',
  conversation: 'value',
  department: 'value',
  text: 'value',
  guest: 'value',
  name: 'value',
  message: 'value',
  data: 'value',
  help: 'flag',
} as const;

async function guest(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readOptions(argv, kinds);
  if (options.has('help')) {
    terminal.print(help);
    return 0;
  }
  const writing = readWriting(options);
  const { lambda, notifyFunction } = await findRunning(options.value('data') ?? localRun.dataDirectory);
  const notified = await writeAsGuest(createNotify(lambda, notifyFunction), writing);
  if (notified.ok) terminal.print(notified.answer);
  else terminal.note(`notify failed with ${notified.errorType}: ${notified.errorMessage}`);
  return notified.ok ? 0 : 1;
}

function readWriting(options: Options<keyof typeof kinds>): Writing {
  const conversationId = readId('conversation', options.value('conversation'), 'c1');
  const department = options.value('department');
  const name = options.value('name');
  return {
    hotelId: readId('hotel', options.value('hotel'), 'grand'),
    conversationId,
    ...(department === undefined ? {} : { department: readId('department', department, 'front-desk') }),
    guest: {
      id: readId(
        'guest',
        options.value('guest') ?? `guest-${conversationId}`.slice(0, limits.idUnits),
        'maria',
      ),
      ...(name === undefined ? {} : { name }),
    },
    message: {
      id: readId('message', options.value('message') ?? randomUUID(), 'm1'),
      text: required(options.value('text'), 'text', '"Hello"'),
      sentAt: new Date().toISOString(),
    },
  };
}

await runCommand(guest, process.argv.slice(2));

/** `npm run chat`: one staff member's chat in the terminal. */
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { Chat } from './chat/chat.ts';
import { connect } from './chat/connection.ts';
import { explainClose } from './chat/explain.ts';
import { openScreen } from './chat/screen.ts';
import {
  type Options,
  readOptions,
  runCommand,
  type Terminal,
  UsageError,
} from '../local/src/command-line/index.ts';
import { loadSigningKey } from './issuer/signing-key.ts';
import { issueToken } from './issuer/token.ts';
import { findRunning } from './running.ts';
import { localRun } from './settings.ts';
import { describesStaff, readStaff, staffOptions } from './staff-options.ts';

const help = `npm run chat -- --user ana --hotel grand --departments front-desk

A chat in the terminal; /help lists its commands.

  --user, --hotel, --departments, --name, --role    who chats, as in npm run token
  --token JWT    a token instead of those
  --url URL      ws:// or wss:// address, that of the running instance unless said
  --data DIR     data folder of that instance, ${localRun.dataDirectory} unless said`;

/** API Gateway closes a connection that was idle for ten minutes. */
const pingEvery = 5 * 60 * 1000;

const kinds = { ...staffOptions, token: 'value', url: 'value', data: 'value', help: 'flag' } as const;
type ChatOptions = Options<keyof typeof kinds>;

interface Person {
  readonly self: string;
  readonly token: string;
}

async function chat(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readOptions(argv, kinds);
  if (options.has('help')) {
    terminal.print(help);
    return 0;
  }
  const dataDirectory = options.value('data') ?? localRun.dataDirectory;
  const url = readUrl(options.value('url'));
  const admit = readPerson(options, dataDirectory);
  // Before the key, which would else be left in a folder that no instance has.
  const address = url ?? (await findRunning(dataDirectory)).websocket;
  const person = await admit();
  const socket = await connect(address, person.token);
  terminal.note('Connected; /help lists the commands.');
  return await converse(socket, person.self, terminal);
}

/** Who the options say that chats; the returned function makes the token. @throws UsageError */
function readPerson(options: ChatOptions, dataDirectory: string): () => Promise<Person> {
  const given = options.value('token');
  if (given !== undefined) {
    if (describesStaff(options)) {
      throw new UsageError('--token says who chats; leave out the options that describe a user.');
    }
    // What a Sec-WebSocket-Protocol header can carry (RFC 9110, token): bad tokens may be tried, too.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(given)) {
      throw new UsageError('--token must be a JWT, as npm run token prints it.');
    }
    return () => Promise.resolve({ self: 'you', token: given });
  }
  const staff = readStaff(options);
  return async () => {
    const key = await loadSigningKey(dataDirectory);
    const signing = { key, now: Date.now(), expiresIn: localRun.tokenSeconds, id: randomUUID() };
    return { self: staff.name ?? staff.user, token: await issueToken(staff, signing) };
  };
}

function readUrl(url: string | undefined): string | undefined {
  if (url !== undefined && !(URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol))) {
    throw new UsageError(
      `--url must be a ws:// or wss:// address such as ws://127.0.0.1:${localRun.port}/live.`,
    );
  }
  return url;
}

/** Until the person quits (0) or the connection ends (1). */
async function converse(socket: WebSocket, self: string, terminal: Terminal): Promise<number> {
  let closeCode: number | undefined;
  let leaving = false;
  const screen = openScreen(process.stdin, process.stdout, leave);
  const talk = new Chat({
    send: (text) => socket.send(text, () => undefined),
    newId: () => randomUUID(),
    show: (line) => screen.show(line),
    self,
  });
  function leave(): void {
    leaving = true;
    talk.end();
  }
  const pings = setInterval(() => talk.ping(), pingEvery);
  socket.on('message', (data) => talk.receive(Buffer.isBuffer(data) ? data.toString('utf8') : ''));
  socket.on('error', () => undefined);
  socket.once('close', (code) => {
    closeCode = code;
    leave();
    screen.close();
  });
  try {
    for await (const line of screen.lines) {
      if (leaving || !(await talk.take(line))) break;
    }
    if (closeCode === undefined) return 0;
    terminal.note(explainClose(closeCode));
    return 1;
  } finally {
    clearInterval(pings);
    screen.close();
    socket.removeAllListeners('close').close(1000);
  }
}

await runCommand(chat, process.argv.slice(2));

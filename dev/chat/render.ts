import type { Conversation, Message } from '../../protocol/model.ts';
import type { Received } from './frames.ts';
import { printable } from '../../local/src/command-line/index.ts';

/** What a frame looks like on the terminal, line by line; nothing in it can move the cursor or fake a line. */
export function render(frame: Received): string[] {
  return linesOf(frame).map(printable);
}

/** A message as it stands in the terminal: conversation, number, time in UTC, who, what. */
export function renderMessage(message: Message): string[] {
  return messageLines(message).map(printable);
}

function linesOf(frame: Received): string[] {
  switch (frame.type) {
    case 'message':
      return messageLines(frame.message);
    case 'conversation':
      return [
        `* ${describe(frame.conversation)}: ${frame.event}`,
        // A state change is told by the line above; what a guest wrote, and caused it, is news.
        ...(frame.message?.sender.kind === 'guest' ? messageLines(frame.message) : []),
      ];
    case 'subscribed':
      return [`* ${describe(frame.conversation)}`, ...pageLines(frame)];
    case 'history':
      return pageLines(frame);
    case 'conversations':
      return frame.conversations.length === 0
        ? ['* no conversations']
        : [
            ...frame.conversations.map((it) => `* ${describe(it)}${previewOf(it)}`),
            ...(frame.cursor === undefined ? [] : ['* and older ones']),
          ];
    case 'changed':
      return [`* ${describe(frame.conversation)}`];
    case 'error':
      return [`! ${frame.code}: ${frame.message}${advice[frame.retry]}`];
    case 'bye':
      return [`! The server says goodbye: ${farewell[frame.reason]}.`];
    case 'gateway':
      return [`! The gateway answers: ${frame.message}. Whether it was done is not known.`];
    case 'sent':
    case 'unsubscribed':
    case 'pong':
      return [];
  }
}

/** What was attached stands for a text that is not there. */
function previewOf({ preview = '', previewKind = '' }: Conversation): string {
  const shown = preview === '' && previewKind !== '' ? `<${previewKind}>` : preview;
  return shown === '' ? '' : `: ${shown}`;
}

const advice = {
  no: '',
  now: ' (try again)',
  backoff: ' (try again in a moment)',
  reauth: ' (a new token is needed)',
} as const;

const farewell = {
  token_expired: 'the token has expired',
  revoked: 'access was withdrawn',
  flood: 'too many messages in too short a time',
} as const;

function pageLines(page: { messages: readonly Message[]; more: boolean }): string[] {
  return [...page.messages.flatMap(messageLines), ...(page.more ? ['* there is more: /history'] : [])];
}

function messageLines(message: Message): string[] {
  const [first = '', ...rest] = contentOf(message);
  const head = `[${message.conversationId}] #${message.seq} ${message.sentAt.slice(11, 16)}Z ${senderOf(message)}`;
  // Lines of one message after its first are marked, so that none of them can pass for a message of its own.
  return [`${head}: ${first}`, ...rest.map((line) => `  | ${line}`)];
}

function contentOf(message: Message): string[] {
  if (message.event === 'deleted') return ['(deleted)'];
  if (message.event !== undefined && message.event !== 'edited') {
    return [message.event + (message.department === undefined ? '' : ` to ${message.department}`)];
  }
  const attachments = (message.attachments ?? []).map(
    (it) => `<${[it.kind, it.name, it.url].filter(Boolean).join(' ')}>`,
  );
  const written = message.event === 'edited' ? `(edited) ${message.text}` : message.text;
  const text = written === '' ? [] : written.split('\n');
  return [...text, ...attachments, ...(message.truncated === true ? ['<cut>'] : [])];
}

function senderOf({ sender }: Message): string {
  const name = sender.name ?? sender.id;
  return sender.kind === 'guest' ? `guest ${name}` : name;
}

function describe(conversation: Conversation): string {
  const { id, guest, department, status, head } = conversation;
  const channel = guest.channel === undefined ? '' : ` (${guest.channel})`;
  return `${id}, guest ${guest.name ?? guest.id}${channel}, ${department ?? 'no department yet'}, ${status}, newest #${head}`;
}

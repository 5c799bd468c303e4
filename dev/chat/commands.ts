import { safeParse, type GenericSchema } from 'valibot';
import { id, messageText } from '../../protocol/scalars.ts';

/** What is done to the open conversation. */
export type ConversationCommand =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'route'; readonly department: string }
  | { readonly kind: 'history' | 'close' | 'reopen' };

/** What a typed line asks for. */
export type Command =
  | ConversationCommand
  | { readonly kind: 'open'; readonly conversationId: string }
  /** `null`: the conversations without a department; undefined: the server's choice. */
  | { readonly kind: 'list'; readonly department: string | null | undefined }
  | { readonly kind: 'quit' | 'help' | 'nothing' }
  /** One sentence about what is wrong with the line. */
  | { readonly kind: 'problem'; readonly sentence: string };

export const commandHelp = [
  'A line is sent to the open conversation. Lines that begin with / are commands:',
  '/open CONVERSATION    shows it and makes it the one that you write to',
  '/list [DEPARTMENT]    conversations by latest activity; /list ? those without a department',
  '/history              older messages of the open conversation',
  '/close  /reopen       closes or reopens it',
  '/route DEPARTMENT     hands it to another department',
  '/quit                 ends the chat; //text sends a text that begins with /',
];

const plain = ['history', 'close', 'reopen', 'quit', 'help'] as const;

export function readCommand(line: string): Command {
  // A blank before a command must not send it to a guest.
  const typed = line.trim();
  if (typed === '') return { kind: 'nothing' };
  if (typed.startsWith('//')) return say(typed.slice(1));
  if (!typed.startsWith('/')) return say(typed);
  const [name = '', argument, ...more] = typed.slice(1).split(/\s+/);
  if (more.length > 0) return { kind: 'problem', sentence: `/${name} takes one word at most.` };
  const simple = plain.find((it) => it === name);
  if (simple !== undefined) {
    return argument === undefined
      ? { kind: simple }
      : { kind: 'problem', sentence: `/${name} stands alone.` };
  }
  switch (name) {
    case 'list':
      return list(argument);
    case 'open':
      return withId(name, argument, 'conversation', (conversationId) => ({ kind: 'open', conversationId }));
    case 'route':
      return withId(name, argument, 'department', (department) => ({ kind: 'route', department }));
    default:
      return { kind: 'problem', sentence: `There is no command /${name}; /help lists them.` };
  }
}

function say(text: string): Command {
  const problem = problemOf(messageText, text);
  return problem === undefined
    ? { kind: 'say', text }
    : { kind: 'problem', sentence: `The text ${problem}.` };
}

function list(argument: string | undefined): Command {
  if (argument === undefined) return { kind: 'list', department: undefined };
  if (argument === '?') return { kind: 'list', department: null };
  return withId('list', argument, 'department', (department) => ({ kind: 'list', department }));
}

function withId(
  name: string,
  argument: string | undefined,
  what: string,
  command: (value: string) => Command,
): Command {
  if (argument === undefined) return { kind: 'problem', sentence: `/${name} needs the id of a ${what}.` };
  const problem = problemOf(id, argument);
  return problem === undefined ? command(argument) : { kind: 'problem', sentence: `The ${what} ${problem}.` };
}

function problemOf(schema: GenericSchema, value: string): string | undefined {
  const parsed = safeParse(schema, value);
  return parsed.success ? undefined : parsed.issues[0].message;
}

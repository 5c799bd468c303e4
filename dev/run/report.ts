import { relative } from 'node:path';
import type { Addresses } from '../running.ts';
import { localRun } from '../settings.ts';

/** The addresses for a program: one line. */
export function reportAsJson({ websocket, management, lambda, dynamodb, notifyFunction }: Addresses): string {
  return JSON.stringify({ websocket, management, lambda, dynamodb, notifyFunction });
}

/** The addresses for a person, what to try first, and `ready` as the last line. */
export function reportAsText(
  addresses: Addresses,
  dataDirectory: string,
  workingDirectory: string,
): string[] {
  const folder = relative(workingDirectory, dataDirectory);
  const data = folder === localRun.dataDirectory ? '' : ` --data ${quoted(folder)}`;
  return [
    `WebSocket      ${addresses.websocket}`,
    `@connections   ${addresses.management}`,
    `Lambda API     ${addresses.lambda}`,
    `DynamoDB       ${addresses.dynamodb}`,
    `notify         ${addresses.notifyFunction}`,
    '',
    `A guest writes:   npm run guest -- --hotel grand --conversation c1 --department front-desk --text "Hello"${data}`,
    `Staff answer:     npm run chat -- --user ana --hotel grand --departments front-desk${data}`,
    `A token alone:    npm run token -- --user ana --hotel grand --departments front-desk${data}`,
    '',
    'ready',
  ];
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

import type { IncomingMessage } from 'node:http';
import { handshakeProblem } from '../request-guard.ts';
import type { ApiContext, Stage } from './context.ts';
import { newTraceId } from './ids.ts';
import { MultiValueMap } from './multi-value.ts';

/** A WebSocket handshake that is well formed and asks for a stage that exists. */
export interface UpgradeRequest {
  readonly stage: Stage;
  /** As functions see them: canonical names, and what API Gateway adds. */
  readonly headers: MultiValueMap;
  readonly query: MultiValueMap;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
}

/** The HTTP status that a client gets instead of its WebSocket. */
export interface HandshakeRefusal {
  readonly status: number;
  readonly message: string;
}

const websocketKey = /^[+/0-9A-Za-z]{22}==$/;
const protocolToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const canonicalNames = new Map(
  [
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Authorization',
    'Cache-Control',
    'Connection',
    'Cookie',
    'Host',
    'Origin',
    'Pragma',
    'Sec-WebSocket-Extensions',
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Version',
    'Upgrade',
    'User-Agent',
    'X-Forwarded-For',
  ].map((name) => [name.toLowerCase(), name] as const),
);

/** Splits what the client sent, or says why it cannot become a WebSocket of this API. */
export function readUpgradeRequest(
  request: IncomingMessage,
  context: ApiContext,
): UpgradeRequest | { readonly refusal: HandshakeRefusal } {
  const misled = handshakeProblem(context.guard, request);
  if (misled !== undefined) {
    context.log(`a handshake was refused: ${misled}`);
    return { refusal: { status: 403, message: misled } };
  }
  const url = request.url ?? '';
  if (url.length > context.limits.urlCharacters) return { refusal: { status: 414, message: 'URI Too Long' } };
  const [path = '', ...queryParts] = url.split('?');
  const stage = context.stages.get(path.slice(1));
  if (stage === undefined || !path.startsWith('/')) return { refusal: { status: 403, message: 'Forbidden' } };
  if (!isWebSocketHandshake(request)) return { refusal: { status: 400, message: 'Bad Request' } };
  const sourceIp = request.socket.remoteAddress ?? '';
  const headers = readHeaders(request, context, sourceIp);
  const query = new MultiValueMap();
  for (const [name, value] of new URLSearchParams(queryParts.join('?'))) query.add(name, value);
  return { stage, headers, query, sourceIp, userAgent: headers.get('User-Agent').at(-1) };
}

/** Whether the text can stand as one value of `Sec-WebSocket-Protocol`. */
export function isProtocolToken(text: string): boolean {
  return protocolToken.test(text);
}

/** RFC 6455, section 4.1. Checked before any function is invoked, since `ws` checks it only when it takes the socket. */
function isWebSocketHandshake(request: IncomingMessage): boolean {
  const { headers } = request;
  const offered = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim()) ?? [];
  return (
    request.method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    websocketKey.test(headers['sec-websocket-key'] ?? '') &&
    headers['sec-websocket-version'] === '13' &&
    offered.every(isProtocolToken) &&
    new Set(offered).size === offered.length
  );
}

/** Names that API Gateway knows get their canonical case; others keep the case in which they first came. */
function readHeaders(request: IncomingMessage, context: ApiContext, sourceIp: string): MultiValueMap {
  const headers = new MultiValueMap((name) => name.toLowerCase());
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    headers.add(canonicalNames.get(name.toLowerCase()) ?? name, rawHeaders[at + 1] ?? '');
  }
  headers.set('Host', context.domainName);
  headers.set('X-Amzn-Trace-Id', newTraceId(context.random, context.clock.now()));
  headers.set('X-Forwarded-For', [...headers.get('X-Forwarded-For'), sourceIp].join(', '));
  headers.set('X-Forwarded-Port', '443');
  headers.set('X-Forwarded-Proto', 'https');
  return headers;
}

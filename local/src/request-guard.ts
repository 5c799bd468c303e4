import type { IncomingMessage, RequestListener } from 'node:http';
import { jsonAnswer } from './http-answer.ts';

/** What a request says of the address that it asks and of the page that asks. */
export interface Provenance {
  readonly host: string | undefined;
  readonly origin?: string | undefined;
  /** `Sec-Fetch-Site`: browsers send it with what a page asks for without an Origin, such as an image. */
  readonly fetchSite?: string | undefined;
}

/** Why a request to a port of 127.0.0.1 is not answered, in one sentence; undefined when it may be. */
export type RequestGuard = (provenance: Provenance) => string | undefined;

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses what a web page could ask of a port of this machine. Programs name the address as it is and have no Origin.
 *
 * A Host of another name is a name that somebody lets lead here (DNS rebinding), so that the browser takes their page for
 * one of this server. An Origin, or a site that is not this one, is a page of somebody else. The port in a Host tells
 * nothing: a page can name any, and a tunnel or a proxy before this port has another.
 *
 * @param names Hosts that lead here besides: AWS's own, which functions are redirected from.
 */
export function requestGuard(names: readonly string[] = []): RequestGuard {
  const known = new Set(names.map((name) => name.toLowerCase()));
  const isOwn = (host: string): boolean => {
    const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
    return loopbackNames.has(name) || known.has(name);
  };
  return ({ host, origin, fetchSite }) => {
    if (host === undefined || !isOwn(host)) {
      const named = host === undefined ? 'no host' : quoted(host);
      return `The request names ${named}, but this port answers only to 127.0.0.1, localhost and [::1].`;
    }
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
      return `The request comes from a page of ${quoted(origin)}, but this port answers programs and no pages.`;
    if (fetchSite === 'cross-site' || fetchSite === 'same-site')
      return 'The request comes from a page of another origin, but this port answers programs and no pages.';
    return undefined;
  };
}

/** A listener for `node:http` that answers a request which the guard refuses with 403, and hands on every other one. */
export function guarded(guard: RequestGuard, listener: RequestListener): RequestListener {
  return (request, response) => {
    const problem = guard(provenanceOf(request));
    if (problem === undefined) return listener(request, response);
    const { status, headers, body } = jsonAnswer(403, JSON.stringify({ message: problem }));
    // What else it has to say is not wanted, and must not be read as the next request.
    response.writeHead(status, { ...headers, Connection: 'close' }).end(body);
    request.resume();
  };
}

/** Why a WebSocket handshake is refused. From which pages one may be opened is the application's to say. */
export function handshakeProblem(guard: RequestGuard, request: IncomingMessage): string | undefined {
  return guard({ host: request.headers.host });
}

function provenanceOf({ headers }: IncomingMessage): Provenance {
  return { host: headers.host, origin: headers.origin, fetchSite: headers['sec-fetch-site'] };
}

const shownCharacters = 100;

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, shownCharacters));
}

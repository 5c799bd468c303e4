import * as v from 'valibot';
import { routes } from '../../../lambdas/contract/routes.ts';
import type { FunctionName } from '../../../lib/function-rows.ts';
import { parseJson } from '../../../protocol/codec.ts';
import { hotelOf } from '../clients/tokens.ts';
import { fieldsOf } from '../history/frames.ts';
import type { History } from '../history/history.ts';
import type { Fleet, Invoked } from '../lambda/fleet.ts';
import { Line, type FarEnd } from './line.ts';
import type { NetworkDependencies } from './network.ts';

export interface GatewayDependencies extends NetworkDependencies {
  readonly fleet: Fleet;
  readonly history: History;
  /** When the world began, epoch milliseconds. */
  readonly start: number;
}

const integrationTimeout = 29_000;
const handOverMilliseconds = 3;

const allowed = v.object({
  context: v.record(v.string(), v.string()),
  policyDocument: v.object({ Statement: v.tuple([v.object({ Effect: v.literal('Allow') })]) }),
});
const proxyResponse = v.object({ statusCode: v.number(), body: v.exactOptional(v.string()) });

/** API Gateway's WebSocket side: handshakes, routes, replies and ends. Posts come in by `management.ts`. */
export class SimulatedGateway {
  readonly lines = new Map<string, Line>();
  readonly #deps: GatewayDependencies;
  #requests = 0;

  constructor(deps: GatewayDependencies) {
    this.#deps = deps;
  }

  get openLines(): Line[] {
    return [...this.lines.values()].filter(({ state }) => state === 'open');
  }

  /** A client knocks. The line exists at once; whether it opens is told to the far end. */
  knock(far: FarEnd, protocols: readonly string[]): Line {
    const { faults } = this.#deps;
    const id = `c${this.lines.size + 1}=`;
    const line = new Line(this.#deps, id, far, {
      ended: (ended, code) => this.#ended(ended, code),
      idle: () => faults.count('F22 idle for ten minutes', id),
      tooOld: () => faults.count('F21 two hours over', id),
      large: () => faults.count('F31 page cut by bytes', id),
      tooLarge: () =>
        this.#deps.history.add({ type: 'ok', f: 'unforeseen', conn: id, err: 'a frame over 32 KB' }),
    });
    this.lines.set(id, line);
    line.up.send(() => void this.#handshake(line, protocols));
    return line;
  }

  /** A frame has come in. */
  receive(line: Line, text: string): void {
    if (line.state !== 'open') return;
    const { scheduler, random, faults } = this.#deps;
    line.touch();
    if (faults.strikes('frame throttled by the gateway', line.id)) {
      return line.send(this.#ownFrame('Too Many Requests', line));
    }
    const swapped = faults.strikes('F18 frames of one connection swapped', line.id);
    // Each frame is an invocation of its own, and nothing orders two of them.
    const wait = random.latency(handOverMilliseconds) + (swapped ? random.between(5, 400) : 0);
    scheduler.after(wait, () => void this.#serve(line, text));
  }

  async #handshake(line: Line, protocols: readonly string[]): Promise<void> {
    const { fleet, faults } = this.#deps;
    if (faults.strikes('F24 connection refused', line.id)) return line.refuse(429);
    const [, token = ''] = protocols;
    const hotel = hotelOf(token);
    const decided = await fleet.invoke('authorizer', this.#authorizerEvent(line, protocols), hotel);
    const policy = decided.kind === 'answered' ? v.safeParse(allowed, decided.value) : undefined;
    if (!policy?.success) return line.refuse(decided.kind === 'threw' ? 401 : 500);
    const identity = v.parse(contextSchema, policy.output.context);
    line.context = identity;
    const answer = await fleet.invoke('connect', this.#event(line, '$connect'), hotel);
    const parsed = answer.kind === 'answered' ? v.safeParse(proxyResponse, answer.value) : undefined;
    const status = parsed?.success ? parsed.output.statusCode : 502;
    if (status !== 200) return line.refuse(status);
    // The client has gone meanwhile: nobody is told, and the rows stay until a post meets them.
    if (line.state !== 'opening') return;
    this.#deps.history.add({
      type: 'ok',
      f: 'connect',
      conn: line.id,
      client: line.far.client,
      user: identity.userId,
      hotel: identity.hotelId,
      role: identity.role,
      departments: identity.departments.split(' ').filter((department) => department !== ''),
      asked: line.connectedAt - this.#deps.start,
      expires: Number(identity.tokenExpiresAt) * 1000 - this.#deps.start,
    });
    line.open();
  }

  async #serve(line: Line, text: string): Promise<void> {
    const { scheduler, faults, fleet } = this.#deps;
    const route = routeOf(text);
    const timedOut = faults.strikes('integration timed out', line.id);
    const timeout = scheduler.after(integrationTimeout, () => {
      line.send(this.#ownFrame('Endpoint request timed out', line));
    });
    const event = { ...this.#event(line, route), body: text };
    const invoked = await fleet.invoke(functionOf(route), event, line.context?.hotelId ?? '');
    if (timedOut || timeout.due <= scheduler.now) return;
    timeout.cancelled = true;
    if (route === 'sendMessage' && faults.strikes('F15 connection cut before the answer', line.id)) {
      return line.close(1006);
    }
    line.send(this.#replyIn(invoked, line));
  }

  #replyIn(invoked: Invoked, line: Line): string {
    const parsed = invoked.kind === 'answered' ? v.safeParse(proxyResponse, invoked.value) : undefined;
    return parsed?.success && parsed.output.body !== undefined
      ? parsed.output.body
      : this.#ownFrame('Internal server error', line);
  }

  /** The end is told to `$disconnect`: at best. */
  #ended(line: Line, code: number): void {
    const { scheduler, random, faults, fleet, history } = this.#deps;
    history.add({ type: 'ok', f: 'closed', conn: line.id, count: code });
    if (faults.strikes('F11 $disconnect lost', line.id)) return;
    const late = faults.strikes('F12 $disconnect late', line.id) ? random.between(2000, 60_000) : 0;
    scheduler.after(late + random.latency(50), () => {
      void fleet.invoke('disconnect', this.#event(line, '$disconnect'), line.context?.hotelId ?? '');
    });
  }

  #event(line: Line, routeKey: string): object {
    return {
      requestContext: {
        connectionId: line.id,
        connectedAt: line.connectedAt,
        requestId: `r${++this.#requests}=`,
        routeKey,
        authorizer: line.context,
      },
    };
  }

  #authorizerEvent(line: Line, protocols: readonly string[]): object {
    return {
      methodArn: 'arn:aws:execute-api:region:account:api/stage/$connect',
      multiValueHeaders: { 'Sec-WebSocket-Protocol': [protocols.join(', ')] },
      requestContext: { requestId: `r${++this.#requests}=`, connectionId: line.id },
    };
  }

  #ownFrame(message: string, line: Line): string {
    return JSON.stringify({ message, connectionId: line.id, requestId: `r${this.#requests}=` });
  }
}

const contextSchema = v.object({
  hotelId: v.string(),
  userId: v.string(),
  name: v.string(),
  role: v.string(),
  departments: v.string(),
  tokenExpiresAt: v.string(),
});

/** A client that names `$connect` or `$disconnect` does not reach them. */
function routeOf(text: string): keyof typeof routes {
  const action = fieldsOf(parseJson(text))['action'];
  return typeof action === 'string' && isRoute(action) && !action.startsWith('$') ? action : '$default';
}

function isRoute(name: string): name is keyof typeof routes {
  return Object.hasOwn(routes, name);
}

function functionOf(route: keyof typeof routes): FunctionName {
  return routes[route];
}

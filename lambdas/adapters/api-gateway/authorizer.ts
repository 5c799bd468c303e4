import * as v from 'valibot';
import { tokenOffered } from '../../../protocol/handshake.ts';
import { faultLevel } from '../../contract/log-events.ts';
import { readClaims, type ClaimNames } from '../../core/claims.ts';
import { originAllowed, type OriginPolicy } from '../../core/origin.ts';
import { errorFields, type Log, type World } from '../../core/ports.ts';
import type { TokenVerifier } from '../token/verifier.ts';
import { contextOf, type AuthorizerContext } from './events.ts';

export interface AuthorizerDependencies {
  readonly verifier: TokenVerifier;
  readonly claimNames: ClaimNames;
  readonly origins: OriginPolicy;
  readonly world: Pick<World, 'now'>;
  readonly log: Log;
}

/** What a REQUEST authorizer returns. */
export interface Policy {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly {
      readonly Action: 'execute-api:Invoke';
      readonly Effect: 'Allow' | 'Deny';
      readonly Resource: string;
    }[];
  };
  readonly context?: AuthorizerContext;
}

const requestEvent = v.object({
  methodArn: v.string(),
  multiValueHeaders: v.record(v.string(), v.array(v.string())),
  requestContext: v.object({ requestId: v.string(), connectionId: v.string() }),
});

type HandshakeRequest = v.InferOutput<typeof requestEvent>;

/** A policy; or why a token, or its absence, opens nothing, which is for the log alone. */
type Decided =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'unauthorized'; readonly reason: string };

/**
 * Decides a handshake. An origin that is not allowed is denied (403); a bad token rejects with `Unauthorized`, the
 * text that API Gateway turns into 401; any other error is a fault (500), so that the door stays closed, and is logged
 * as an error. The reason goes to the log and never to the client.
 */
export function authorizerRoute(deps: AuthorizerDependencies): (event: unknown) => Promise<Policy> {
  return async (event) => {
    let { log } = deps;
    let decided: Decided;
    try {
      const request = parse(event);
      log = log.with(request.requestContext);
      decided = await decide({ ...deps, log }, request);
    } catch (error) {
      log.write(faultLevel, 'failed', errorFields(error));
      throw error;
    }
    if (decided.kind === 'policy') return decided.policy;
    log.write('warn', 'refused', { reason: decided.reason });
    throw unauthorized();
  };
}

async function decide(deps: AuthorizerDependencies, request: HandshakeRequest): Promise<Decided> {
  const { log } = deps;
  const { methodArn, multiValueHeaders } = request;
  const origins = valuesOf(multiValueHeaders, 'origin');
  if (!originAllowed(deps.origins, origins)) {
    log.write('warn', 'refused', originRefusal(origins));
    return { kind: 'policy', policy: policy('anonymous', 'Deny', methodArn) };
  }
  const token = tokenOffered(valuesOf(multiValueHeaders, 'sec-websocket-protocol').join(','));
  if (token === undefined) return noEntry('the sub-protocols must be lobbybee.v1 and a token');
  const verification = await deps.verifier.verify(token);
  if (!verification.ok) return noEntry(verification.reason);
  const read = readClaims(verification.claims, deps.claimNames, deps.world.now());
  if (!read.ok) return noEntry(read.reason);
  if (read.departmentsIgnored > 0)
    log.write('warn', 'departments ignored', { count: read.departmentsIgnored });
  const allowed = policy(read.identity.userId, 'Allow', methodArn);
  return { kind: 'policy', policy: { ...allowed, context: contextOf(read.identity) } };
}

function noEntry(reason: string): Decided {
  return { kind: 'unauthorized', reason };
}

/** Its own message, since the schema library's would quote what was there instead, such as a token. */
function parse(event: unknown): HandshakeRequest {
  const parsed = v.safeParse(requestEvent, event);
  if (!parsed.success) throw new Error('the event is none of a REQUEST authorizer');
  return parsed.output;
}

/**
 * API Gateway makes a 401 of nothing but an error with this message, and Lambda logs each error with its stack trace:
 * where in this file it was thrown is nothing that anybody needs to be told at every refusal.
 */
function unauthorized(): Error {
  const error = new Error('Unauthorized');
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Characters of an origin that a record shows; a host name has at most 253. */
const shownOriginLength = 300;

/** Names what was refused, in printable characters, and the setting that would let it in. */
function originRefusal(origins: readonly string[]): Readonly<Record<string, string>> {
  if (origins.length === 0) return { reason: 'there is no Origin header, and requireOrigin is set' };
  const origin = origins
    .join(', ')
    .slice(0, shownOriginLength)
    .replaceAll(/[^ -~]/g, '?');
  return { reason: 'the origin is not among allowedOrigins', origin };
}

function policy(principalId: string, effect: 'Allow' | 'Deny', resource: string): Policy {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
    },
  };
}

/** All values of a header, whatever the case of its name: custom domains lower it. */
function valuesOf(headers: Readonly<Record<string, readonly string[]>>, name: string): string[] {
  return Object.entries(headers).flatMap(([key, values]) => (key.toLowerCase() === name ? values : []));
}

import type { AuthorizerModel } from '../model.ts';
import { apiArn, type ApiContext } from './context.ts';
import { authorizerEvent, identityContext, type ConnectionFacts } from './events.ts';
import { invokeAsService } from './integration.ts';
import { isRecord, parseJson, valueAt } from '../json.ts';
import { allows, readPolicy } from './policy.ts';
import type { HandshakeRefusal, UpgradeRequest } from './upgrade-request.ts';

export type AuthorizerDecision =
  /** `values` is what later events carry in `requestContext.authorizer`. */
  { readonly values: Readonly<Record<string, string>> } | { readonly refusal: HandshakeRefusal };

const headerSource = 'route.request.header.';
const querySource = 'route.request.querystring.';

const unauthorized = { refusal: { status: 401, message: 'Unauthorized' } };
const forbidden = { refusal: { status: 403, message: 'Forbidden' } };
const misconfigured = { refusal: { status: 500, message: 'Internal server error' } };

/** Asks the REQUEST authorizer of `$connect`. Each handshake asks anew: WebSocket APIs do not cache the answer. */
export async function authorize(
  context: ApiContext,
  authorizer: AuthorizerModel,
  facts: ConnectionFacts,
  upgrade: UpgradeRequest,
): Promise<AuthorizerDecision> {
  const identified = authorizer.identitySources.every((source) =>
    identityValue(source, context, facts, upgrade),
  );
  if (!identified) return unauthorized;
  const methodArn = apiArn(context, `${upgrade.stage.model.name}/$connect`);
  const { payload } = authorizerEvent(context, facts, upgrade, methodArn);
  const sourceArn = apiArn(context, `authorizers/${authorizer.id}`);
  const { functionArn } = authorizer;
  const result = await invokeAsService(context, {
    functionArn,
    payload,
    sourceArn,
    source: facts.connectionId,
  });
  if (result.outcome === 'answered') return judge(context, result.payload, methodArn);
  // The one error text that is an answer and not a fault ("Control access with Lambda REQUEST authorizers").
  return result.outcome === 'failed' && result.errorMessage === 'Unauthorized' ? unauthorized : misconfigured;
}

/** The value that an identity source names, "" when the request has none. */
function identityValue(
  source: string,
  context: ApiContext,
  facts: ConnectionFacts,
  upgrade: UpgradeRequest,
): string {
  if (source.startsWith(headerSource))
    return upgrade.headers.get(source.slice(headerSource.length)).at(-1) ?? '';
  if (source.startsWith(querySource)) return upgrade.query.get(source.slice(querySource.length)).at(-1) ?? '';
  const others = { context: identityContext(context, facts), stageVariables: facts.stage.model.variables };
  const value = valueAt(others, source.split('.'));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function judge(context: ApiContext, payload: string, methodArn: string): AuthorizerDecision {
  const reject = (reason: string): AuthorizerDecision => {
    context.log(`the authorizer's answer ${reason}`);
    return misconfigured;
  };
  const limit = context.limits.authorizerResultBytes;
  if (Buffer.byteLength(payload) > limit) return reject(`is longer than ${limit} bytes`);
  const answer = parseJson(payload);
  if (!isRecord(answer) || typeof answer.principalId !== 'string') return reject('has no principalId');
  const policy = readPolicy(answer.policyDocument);
  if (policy === undefined) {
    return reject('has no policyDocument of statements with Effect, Action and Resource alone');
  }
  const values = readContext(answer.context);
  if (values === undefined) return reject('has a context whose values are not all text, numbers or booleans');
  if (!allows(policy, 'execute-api:Invoke', methodArn)) return forbidden;
  return { values: { ...values, principalId: answer.principalId } };
}

/** Functions see every context value as text. */
function readContext(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) return undefined;
  const flat = Object.values(value).every((entry) => ['string', 'number', 'boolean'].includes(typeof entry));
  return flat
    ? Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, String(entry)]))
    : undefined;
}

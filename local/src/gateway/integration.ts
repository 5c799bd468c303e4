import type { Clock } from '../clock.ts';
import type { InvokeResult, ServiceCaller } from '../invoker.ts';
import type { IntegrationModel, RouteModel } from '../model.ts';
import { apiArn, type ApiContext } from './context.ts';
import type { ConnectionFacts } from './events.ts';
import { isRecord, parseJson } from '../json.ts';

export type IntegrationResult =
  | { readonly outcome: 'answered'; readonly payload: string }
  /** The function threw, or could not be invoked. */
  | { readonly outcome: 'failed'; readonly errorMessage?: string }
  /** The integration's time is over; the function runs on, and what it returns goes nowhere. */
  | { readonly outcome: 'timedOut' };

/** The answer of a Lambda proxy integration. */
export interface ProxyAnswer {
  readonly statusCode: number | undefined;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
}

/** Invokes a route's function in the name of API Gateway, within the integration's timeout. Never rejects. */
export async function invokeRoute(
  context: ApiContext,
  facts: Pick<ConnectionFacts, 'connectionId' | 'stage'>,
  route: RouteModel,
  payload: string,
): Promise<IntegrationResult> {
  const { functionArn, timeoutMilliseconds }: IntegrationModel = route.integration;
  const sourceArn = apiArn(context, `${facts.stage.model.name}/${route.routeKey}`);
  const work = invokeAsService(context, { functionArn, payload, sourceArn, source: facts.connectionId });
  const result = await within(context.clock, timeoutMilliseconds, work);
  if (result === undefined) context.log(`route ${route.routeKey} took more than ${timeoutMilliseconds} ms`);
  return result ?? { outcome: 'timedOut' };
}

export interface ServiceCall {
  readonly functionArn: string;
  readonly payload: string;
  readonly sourceArn: string;
  /** The connection that the event comes of; events of one connection wait behind each other and not before others. */
  readonly source: string;
}

/** Invokes a function in the name of API Gateway and logs why it did not answer. Never rejects. */
export async function invokeAsService(
  context: ApiContext,
  { functionArn, payload, sourceArn, source }: ServiceCall,
): Promise<IntegrationResult> {
  const caller: ServiceCaller = { service: 'apigateway.amazonaws.com', sourceArn };
  try {
    const result = await context.invoker.invoke(functionArn, payload, { caller, source });
    if (result.outcome === 'success') return { outcome: 'answered', payload: result.payload };
    context.log(`${functionArn} for ${sourceArn}: ${explain(result)}`);
    return failureOf(result);
  } catch (error) {
    context.log(`${functionArn} for ${sourceArn} could not be invoked: ${String(error)}`);
    return { outcome: 'failed' };
  }
}

/** What a Lambda proxy function returned, or undefined when that is not an object. */
export function readProxyAnswer(payload: string): ProxyAnswer | undefined {
  const answer = parseJson(payload);
  if (!isRecord(answer)) return undefined;
  const statusCode = Number(answer.statusCode ?? Number.NaN);
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(isRecord(answer.headers) ? answer.headers : {})) {
    if (typeof value === 'string') headers.set(name.toLowerCase(), value);
  }
  return {
    statusCode: Number.isInteger(statusCode) ? statusCode : undefined,
    headers,
    body: typeof answer.body === 'string' ? answer.body : undefined,
  };
}

/** What `work` gives, or undefined when the time is over first; `work` is not stopped. */
export function within<T>(clock: Clock, milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(milliseconds, () => resolve(undefined));
    void work.then(resolve, reject).finally(cancel);
  });
}

function explain(result: Exclude<InvokeResult, { outcome: 'success' }>): string {
  switch (result.outcome) {
    case 'functionError':
      return `function error ${result.errorType} (request ${result.requestId})`;
    case 'throttled':
      return 'no execution environment was free';
    case 'denied':
      return "the function's resource policy does not admit the caller";
    case 'notFound':
      return 'there is no such function';
  }
}

function failureOf(result: Exclude<InvokeResult, { outcome: 'success' }>): IntegrationResult {
  const document = result.outcome === 'functionError' ? parseJson(result.payload) : undefined;
  const errorMessage = isRecord(document) ? document.errorMessage : undefined;
  return typeof errorMessage === 'string' ? { outcome: 'failed', errorMessage } : { outcome: 'failed' };
}

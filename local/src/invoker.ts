/**
 * The one door between whoever sends events (gateway, Lambda API) and the execution environments.
 */

/** A service principal that calls on behalf of a resource; checked against the function's resource policy. */
export interface ServiceCaller {
  readonly service: string;
  readonly sourceArn: string;
}

export interface InvokeOptions {
  /** Absent: a caller with IAM rights of its own (the Lambda API). */
  readonly caller?: ServiceCaller;
  /** Events of one source wait behind each other: sources take turns. Absent: a source of its own. */
  readonly source?: string;
}

export type InvokeResult =
  | { readonly outcome: 'success'; readonly requestId: string; readonly payload: string }
  /** The handler threw, overran its time or its process ended: `payload` is Lambda's error document. */
  | {
      readonly outcome: 'functionError';
      readonly requestId: string;
      readonly errorType: string;
      readonly payload: string;
    }
  /** No environment was free and the cap is reached. */
  | { readonly outcome: 'throttled'; readonly requestId: string }
  /** The function's resource policy does not admit the caller. */
  | { readonly outcome: 'denied'; readonly requestId: string }
  | { readonly outcome: 'notFound'; readonly requestId: string };

export interface FunctionInvoker {
  /** Invokes synchronously; settles when the function answered. Never rejects for what the function did. */
  invoke(functionArn: string, payload: string, options?: InvokeOptions): Promise<InvokeResult>;
}

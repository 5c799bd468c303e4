/**
 * The one door between the services that run here (DynamoDB, `@connections`, Lambda) and IAM: a service says what is
 * asked of it, IAM says whether whoever asks may have it.
 */

/** One action on one resource. */
export interface Call {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, in which `*` stands for itself. */
  readonly resource: string;
  /** Condition keys of the service, each worked out for a policy that asks for it; undefined when the call has none. */
  readonly context?: Readonly<Record<string, () => ConditionValue | undefined>>;
}

export type ConditionValue = string | readonly string[];

/** Whoever has no more rights than policies give. */
export interface Caller {
  /** Why the call is refused; undefined when it is allowed. */
  denialOf(call: Call): Denial | undefined;
}

export interface Denial {
  /** Such as `arn:aws:sts::000000000000:assumed-role/role/function`. */
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  /** The end of the sentence, such as `because no identity-based policy allows the dynamodb:PutItem action`. */
  readonly reason: string;
}

export interface Callers {
  /**
   * Who signed a request, by its `Authorization` header. Undefined for credentials that no function has: they are an
   * administrator's, to whom nothing is refused.
   */
  signerOf(authorization: string | undefined): Caller | undefined;
  /** A function's role, as the Lambda service uses it on the function's behalf. Undefined as for `signerOf`. */
  roleOf(functionArn: string): Caller | undefined;
}

/** The sentence in which every service refuses. Source: "Troubleshoot access denied error messages", IAM user guide. */
export function denialMessage({ principalArn, action, resource, reason }: Denial): string {
  return `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

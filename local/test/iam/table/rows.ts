import type { AccessRequest, Decision } from '../../../src/iam/policy-engine.ts';
import type { Statement } from '../../support/local-callers.ts';

/** One policy as somebody wrote it, one question, and what AWS answers. */
export interface Row {
  readonly policy: string;
  readonly statements: readonly Statement[];
  readonly request: AccessRequest;
  readonly answer: Decision;
  /** Title of the page of AWS's documentation that says so. */
  readonly source: string;
}

export const account = '111122223333';
export const post = `arn:aws:execute-api:eu-west-1:${account}:abcdefghij/prod/POST/@connections/Xy1=`;
export const rooms = `arn:aws:dynamodb:eu-west-1:${account}:table/rooms`;
export const clerk = `arn:aws:lambda:eu-west-1:${account}:function:clerk`;

export function asks(
  action: string,
  resource: string,
  context: AccessRequest['context'] = {},
): AccessRequest {
  return { action, resource, context };
}

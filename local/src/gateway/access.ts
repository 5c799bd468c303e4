import { denialMessage } from '../authorization.ts';
import { apiArn, type ApiContext } from './context.ts';

export interface ManagementTarget {
  readonly stageName: string;
  readonly connectionId: string;
}

/**
 * The sentence with which a command of `@connections` is refused to whoever signed it; undefined when IAM allows it.
 *
 * Source: "Control access to a WebSocket API with IAM authorization". As recorded from AWS, the sentence shows four digits
 * of the account and no connection id.
 */
export function accessDenial(
  context: ApiContext,
  { method, authorization }: { readonly method: string; readonly authorization: string | undefined },
  { stageName, connectionId }: ManagementTarget,
): string | undefined {
  const resourceOf = (api: ApiContext, id: string): string =>
    apiArn(api, `${stageName}/${method}/@connections/${id}`);
  const denial = context.callers?.signerOf(authorization)?.denialOf({
    action: 'execute-api:ManageConnections',
    resource: resourceOf(context, connectionId),
  });
  if (denial === undefined) return undefined;
  const account = `********${context.account.slice(-4)}`;
  return denialMessage({ ...denial, resource: resourceOf({ ...context, account }, '{connectionId}') });
}

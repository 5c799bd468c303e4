import { localRun } from '../settings.ts';

export interface LocalAddresses {
  /** Of the WebSocket endpoint. */
  readonly port: number;
  readonly jwksUri: string;
  readonly origins: readonly string[];
}

/**
 * The CDK context of a local run: it trusts the local issuer and pages of its own port and of `origins`, unless `given` says
 * otherwise.
 *
 * There is no page on that port yet. Clients that are no browsers send no Origin and are let in.
 */
export function localContext(
  given: ReadonlyMap<string, string>,
  { port, jwksUri, origins }: LocalAddresses,
): ReadonlyMap<string, string> {
  return new Map([
    ['allowedOrigins', [originOf('127.0.0.1', port), originOf('localhost', port), ...origins].join(',')],
    // Audience and key set belong to an issuer: ours say nothing about the tokens of another one.
    ...(given.has('issuer') ? [] : localTrust(jwksUri)),
    ...given,
  ]);
}

/** As a browser sends it: without the port that is the scheme's own. */
function originOf(host: string, port: number): string {
  return new URL(`http://${host}:${port}`).origin;
}

function localTrust(jwksUri: string): [string, string][] {
  return [
    ['issuer', localRun.issuer],
    ['audience', localRun.audience],
    ['jwksUri', jwksUri],
  ];
}

import { tokenVerifier, type TokenVerifier } from '../../../../lambdas/adapters/token/verifier.ts';
import { ecKey, jwk, rsaKey, type TestIssuer } from '../../../support/issuer.ts';
import { recordingLog, type RecordingLog } from '../../../support/recording-log.ts';
import { testWorld, type TestWorld } from '../../../support/world.ts';

export const key = rsaKey('key-1');
export const unnamed = rsaKey('no-alg');
export const curve = ecKey('curve-1');
/** Another key under a name that is published. */
export const stranger = rsaKey('key-1');
export const published = [jwk(key), jwk(unnamed, { alg: undefined }), jwk(curve, { alg: 'ES256' })];
export const names = { hotel: 'hotel_id', departments: 'departments', name: 'name', role: 'role' };
export const header = { alg: 'RS256', typ: 'at+jwt', kid: key.kid };

/** The second in which a test world begins. */
export const seconds = Date.parse('2026-11-23T09:30:00.000Z') / 1000;

export function claims(given: object = {}) {
  return {
    iss: 'https://issuer.example',
    aud: 'lobbybee',
    sub: 'ana',
    iat: seconds,
    exp: seconds + 600,
    ...given,
  };
}

/** An issuer on this machine, and who trusts it, in a world that stands still. */
export interface Trial {
  readonly issuer: TestIssuer;
  readonly world: TestWorld;
  readonly log: RecordingLog;
  /** Knows the keys already. */
  readonly verifier: TokenVerifier;
  /** Another one, which knows nothing yet. */
  readonly trusting: (tokenTyp?: string) => TokenVerifier;
}

/** A fresh trial with the published keys. */
export async function newTrial(issuer: TestIssuer): Promise<Trial> {
  const [world, log] = [testWorld(), recordingLog()];
  issuer.publish(published);
  const trusting = (tokenTyp = 'at+jwt') =>
    tokenVerifier(
      {
        kind: 'oidc',
        issuer: issuer.issuer,
        audience: 'lobbybee',
        jwksUri: issuer.jwksUri,
        tokenTyp,
        claims: names,
      },
      { world, log },
    );
  const verifier = trusting();
  await verifier.hydrate();
  return { issuer, world, log, verifier, trusting };
}

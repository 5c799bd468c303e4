import { authorizerRoute } from './adapters/api-gateway/authorizer.ts';
import { surroundings, trust } from './composition.ts';

const dependencies = { ...surroundings(), ...trust() };

// Keys that are fetched at the first handshake instead would make a rotated key wait behind a failed fetch.
await dependencies.verifier.hydrate();

export const handler = authorizerRoute(dependencies);

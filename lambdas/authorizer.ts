import { authorizerRoute } from './adapters/api-gateway/authorizer.ts';
import { surroundings, trust } from './composition.ts';

const dependencies = { ...surroundings(), ...trust() };

// While the environment starts, so that the first handshake need not wait. Without keys it starts all the same.
await dependencies.verifier.hydrate();

export const handler = authorizerRoute(dependencies);

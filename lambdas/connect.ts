import { connectRoute } from './adapters/api-gateway/connection-routes.ts';
import { connectionStore, surroundings } from './composition.ts';

export const handler = connectRoute({ ...surroundings(), ...connectionStore() });

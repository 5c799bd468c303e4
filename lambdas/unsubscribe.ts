import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { connectionStore, surroundings } from './composition.ts';
import { unsubscribe } from './core/subscribe.ts';

const dependencies = { ...surroundings(), ...connectionStore() };

export const handler = messageRoute(['unsubscribe'], dependencies, unsubscribe);

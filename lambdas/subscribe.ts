import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { connectionStore, conversationStore, surroundings } from './composition.ts';
import { subscribe } from './core/subscribe.ts';

const dependencies = { ...surroundings(), ...conversationStore(), ...connectionStore() };

export const handler = messageRoute(['subscribe'], dependencies, subscribe);

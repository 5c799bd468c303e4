import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { connectionStore, conversationStore, gateway, surroundings } from './composition.ts';
import { subscribe } from './core/subscribe.ts';

const dependencies = { ...surroundings(), ...conversationStore(), ...connectionStore(), ...gateway() };

export const handler = messageRoute(['subscribe'], dependencies, subscribe);

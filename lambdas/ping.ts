import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { connectionStore, conversationStore, surroundings } from './composition.ts';
import { ping } from './core/ping.ts';

const dependencies = { ...surroundings(), ...conversationStore(), ...connectionStore() };

export const handler = messageRoute(['ping'], dependencies, ping);

import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { conversationStore, surroundings } from './composition.ts';
import { ping } from './core/ping.ts';

const dependencies = { ...surroundings(), ...conversationStore() };

export const handler = messageRoute(['ping'], dependencies, ping);

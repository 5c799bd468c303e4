import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { connectionStore, conversationStore, gateway, surroundings } from './composition.ts';
import { ping } from './core/ping.ts';

const dependencies = { ...surroundings(), ...conversationStore(), ...connectionStore(), ...gateway() };

export const handler = messageRoute(['ping'], dependencies, ping);

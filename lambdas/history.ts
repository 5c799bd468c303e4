import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { conversationStore, surroundings } from './composition.ts';
import { history } from './core/history.ts';

const dependencies = { ...surroundings(), ...conversationStore() };

export const handler = messageRoute(['history'], dependencies, history);

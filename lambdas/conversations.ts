import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { conversationStore, surroundings } from './composition.ts';
import { conversations } from './core/conversations.ts';

const dependencies = { ...surroundings(), ...conversationStore() };

export const handler = messageRoute(['conversations'], dependencies, conversations);

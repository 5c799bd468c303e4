import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { everything } from './composition.ts';
import { sendMessage } from './core/send-message.ts';

export const handler = messageRoute(['sendMessage'], everything(), sendMessage);

import { messageRoute } from './adapters/api-gateway/message-route.ts';
import { everything } from './composition.ts';
import { change } from './core/change.ts';

export const handler = messageRoute(['route', 'close', 'reopen'], everything(), change);

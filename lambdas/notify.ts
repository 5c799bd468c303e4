import { everything } from './composition.ts';
import { handleInvocation } from './core/notify/batch.ts';

const dependencies = everything();

export const handler = (input: unknown) => handleInvocation(dependencies, input);

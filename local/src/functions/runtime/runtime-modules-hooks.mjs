import { isRuntimeModule } from './runtime-modules.mjs';

/**
 * For Node.js without `registerHooks`, in the thread of its own that such hooks have: what is imported and found nowhere
 * is looked for where the local run is installed.
 *
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!isRuntimeModule(specifier)) throw error;
    try {
      return await nextResolve(specifier, { ...context, parentURL: import.meta.url });
    } catch {
      // The first one names who asked.
      throw error;
    }
  }
}

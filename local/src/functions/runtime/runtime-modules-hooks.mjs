import { isRuntimeModule } from './runtime-modules.mjs';

/**
 * The hook for versions of Node.js without `registerHooks`, which run it in a thread of its own. A module that is found
 * nowhere else is looked for where the local run is installed.
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

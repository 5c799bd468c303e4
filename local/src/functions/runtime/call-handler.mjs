/**
 * Calls the handler in each of the styles that Node.js runtimes know: a promise, or (before nodejs24.x) a callback.
 *
 * A promise that never settles leaves the event loop empty: Node.js then ends, which Lambda reports as
 * Runtime.ExitError.
 *
 * @param {import('./load-handler.mjs').LoadedHandler} handler
 * @param {unknown} event
 * @param {ReturnType<typeof import('./context.mjs').createContext>} context
 * @returns {Promise<unknown>}
 */
export function callHandler(handler, event, context) {
  if (!handler.callbacks) return Promise.resolve(handler.call(event, context));
  return new Promise((resolve, reject) => {
    let settle = () => resolve(null);
    const onEmptyEventLoop = () => settle();
    process.once('beforeExit', onEmptyEventLoop);
    const finish = () => {
      process.off('beforeExit', onEmptyEventLoop);
      settle();
    };
    const returned = handler.call(
      event,
      context,
      (/** @type {unknown} */ error, /** @type {unknown} */ value) => {
        settle = error === null || error === undefined ? () => resolve(value) : () => reject(error);
        if (!context.callbackWaitsForEmptyEventLoop) finish();
      },
    );
    if (isThenable(returned)) {
      process.off('beforeExit', onEmptyEventLoop);
      returned.then(resolve, reject);
    }
  });
}

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

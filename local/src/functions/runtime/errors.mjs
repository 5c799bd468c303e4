/**
 * @typedef {{ errorType: string, errorMessage: string, trace: string[] }} ErrorDocument
 */

/**
 * The form in which Lambda hands a thrown value to the caller.
 *
 * @param {unknown} error
 * @returns {ErrorDocument}
 */
export function errorDocument(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name || 'Error',
    errorMessage: error.message,
    trace: error.stack ? error.stack.split('\n') : [],
  };
}

/**
 * @param {string} name such as `Runtime.HandlerNotFound`
 * @param {unknown} cause
 */
export function namedError(name, cause) {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const error = new Error(message, { cause });
  error.name = name;
  if (cause instanceof Error && cause.stack !== undefined) error.stack = `${name}: ${cause.stack}`;
  return error;
}

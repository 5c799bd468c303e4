/**
 * @typedef {{ errorType: string, errorMessage: string, trace: string[] }} ErrorDocument
 */

/**
 * The form in which Lambda hands a thrown value to the caller. Never throws, whatever the value does when it is read.
 *
 * @param {unknown} error
 * @returns {ErrorDocument}
 */
export function errorDocument(error) {
  try {
    if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    const { name, message, stack } = error;
    return {
      errorType: asText(name || 'Error'),
      errorMessage: asText(message),
      trace: stack ? asText(stack).split('\n') : [],
    };
  } catch {
    return { errorType: 'handled', errorMessage: unreadable, trace: [] };
  }
}

/**
 * @param {unknown} value is a text by its declaration, and can be anything
 * @returns {string}
 */
function asText(value) {
  return String(value);
}

/** Source: `src/Errors.js` of aws/aws-lambda-nodejs-runtime-interface-client. */
const unreadable =
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';

/**
 * An error of a class of its own, as Lambda's runtime has one for each: the class is what a log in JSON names.
 *
 * @param {string} name such as `Runtime.HandlerNotFound`
 * @param {unknown} cause
 */
export function namedError(name, cause) {
  const { errorType, errorMessage, trace } = errorDocument(cause);
  const isError = cause instanceof Error;
  const className = name.replace('Runtime.', '');
  const { [className]: NamedError = Error } = { [className]: class extends Error {} };
  Object.defineProperty(NamedError.prototype, 'name', { value: name, configurable: true, writable: true });
  const error = new NamedError(isError ? `${errorType}: ${errorMessage}` : errorMessage, { cause });
  if (isError && trace.length > 0) error.stack = `${name}: ${trace.join('\n')}`;
  return error;
}

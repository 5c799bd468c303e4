import { namedError } from './errors.mjs';
import { isRuntimeModule } from './runtime-modules.mjs';

/**
 * @param {unknown} error
 * @returns {Error | undefined} what is missing and what would be right, in one sentence, when that is what went wrong
 */
export function importError(error) {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') return undefined;
  const [, missing = ''] = /Cannot find (?:module|package) '([^']+)'/.exec(error.message) ?? [];
  if (missing === '') return namedError('Runtime.ImportModuleError', error);
  const [, importer] =
    /imported from (\S.*)$|Require stack:\n- (.*)$/m.exec(error.message)?.filter(Boolean) ?? [];
  const asked = importer === undefined ? '' : `, which ${importer} asks for`;
  const named = namedError(
    'Runtime.ImportModuleError',
    `Cannot find '${missing}'${asked}: ${remedyFor(missing)}`,
  );
  // Where it was thrown is inside of Node.js.
  named.stack = '';
  return named;
}

/** @param {string} missing */
function remedyFor(missing) {
  const name = packageOf(missing);
  if (isRuntimeModule(missing))
    return `Lambda's runtime has it and this machine has not; run "npm install --no-save ${name}" beside the function or beside the local run`;
  if (name === 'aws-sdk')
    return 'runtimes from nodejs18.x on have version 3 of the SDK only; run "npm install aws-sdk" beside the function, or use @aws-sdk/*';
  if (/^(\.|\/|file:)/.test(missing))
    return "it is not in the function's code; check its path, or build the function again";
  return `Lambda's runtime does not have it; run "npm install ${name}" beside the function, or bundle it`;
}

/**
 * @param {string} specifier such as `@scope/name/part`
 * @returns {string} what is installed
 */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

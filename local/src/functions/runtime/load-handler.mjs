import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { namedError } from './errors.mjs';
import { importError } from './import-error.mjs';
import { provideRuntimeModules } from './runtime-modules.mjs';

/**
 * @typedef {object} LoadedHandler
 * @property {(...values: unknown[]) => unknown} call
 * @property {boolean} callbacks whether the runtime still takes `(event, context, callback)`
 */

/**
 * @param {string} taskRoot directory of the unpacked code
 * @param {string} name `file.export`, the file with folders before it, the export with dots in it
 * @returns {Promise<LoadedHandler>}
 */
export async function loadHandler(taskRoot, name) {
  const [file = '', ...path] = basename(name).split('.');
  if (path.length === 0) throw namedError('Runtime.MalformedHandlerName', `Bad handler: ${name}`);
  provideRuntimeModules(taskRoot);
  const module = await loadModule(taskRoot, join(dirname(name), file)).catch((error) => {
    throw nameOfLoadError(error);
  });
  const handler = member(module, path) ?? member(member(module, ['default']), path);
  if (!isFunction(handler)) {
    throw namedError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  const callbacks = takesCallbacks(process.env['AWS_EXECUTION_ENV'] ?? '');
  if (!callbacks && handler.length >= 3) {
    throw namedError(
      'Runtime.CallbackHandlerDeprecated',
      'callback-based function handlers are not supported from nodejs24.x on; use an async handler',
    );
  }
  return { call: handler, callbacks };
}

/** @param {string} executionEnvironment such as `AWS_Lambda_nodejs22.x` */
function takesCallbacks(executionEnvironment) {
  return Number(/nodejs(\d+)/.exec(executionEnvironment)?.[1] ?? 0) < 24;
}

/**
 * @param {unknown} value
 * @param {string[]} path
 * @returns {unknown}
 */
function member(value, path) {
  let found = value;
  for (const key of path) {
    if (found === null || (typeof found !== 'object' && typeof found !== 'function')) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

/**
 * @param {string} taskRoot
 * @param {string} path
 * @returns {Promise<unknown>}
 */
async function loadModule(taskRoot, path) {
  const file = ['', '.js', '.mjs', '.cjs'].map((ending) => resolve(taskRoot, path + ending)).find(isFile);
  if (file === undefined) {
    throw namedError(
      'Runtime.ImportModuleError',
      `The handler's file is not in the function's code: there should be ${path}.js, .mjs or .cjs in ${taskRoot}`,
    );
  }
  if (!file.endsWith('.js') || hasPackage(dirname(file), taskRoot)) return import(pathToFileURL(file).href);
  endPackageScopeAt(taskRoot);
  return createRequire(file)(file);
}

/** @param {unknown} error */
function nameOfLoadError(error) {
  if (error instanceof SyntaxError) return namedError('Runtime.UserCodeSyntaxError', error);
  return importError(error) ?? error;
}

/** @param {string} path */
function isFile(path) {
  return existsSync(path) && basename(path).includes('.');
}

/**
 * @param {string} directory
 * @param {string} taskRoot
 * @returns {boolean}
 */
function hasPackage(directory, taskRoot) {
  if (existsSync(join(directory, 'package.json'))) return true;
  return directory !== resolve(taskRoot) && hasPackage(dirname(directory), taskRoot);
}

/**
 * In Lambda nothing lies above the code, so that a `.js` file without a package.json beside it is CommonJS. Here the
 * code lies inside a project whose own package.json may say otherwise, and Node.js would believe that one.
 *
 * @param {string} taskRoot
 */
function endPackageScopeAt(taskRoot) {
  const { extensions } = createRequire(import.meta.url);
  const original = extensions['.js'];
  extensions['.js'] = (module, file) => {
    const inside = file.startsWith(resolve(taskRoot)) && !hasPackage(dirname(file), taskRoot);
    if (inside) compileCommonJs(module, file);
    else original?.(module, file);
  };
}

/**
 * @param {object} module
 * @param {string} file
 */
function compileCommonJs(module, file) {
  // Not public, and the only door to compile a file as something that its name and package do not say.
  const compile = /** @type {unknown} */ (Reflect.get(module, '_compile'));
  if (!isFunction(compile))
    throw new TypeError('This version of Node.js cannot compile a module as CommonJS.');
  Reflect.apply(compile, module, [readFileSync(file, 'utf8'), file, 'commonjs']);
}

/**
 * @param {unknown} value
 * @returns {value is (...values: unknown[]) => unknown}
 */
function isFunction(value) {
  return typeof value === 'function';
}

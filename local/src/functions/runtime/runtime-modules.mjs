import { existsSync, realpathSync } from 'node:fs';
import * as modules from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Lambda's Node.js runtimes bring version 3 of the SDK with them, so that a function may leave it out. Here it is the one
 * that is installed beside the local run, and only for what is found nowhere from the function's own folder upward, as
 * /var/runtime comes after /var/task. Nothing else of what is installed here is lent.
 *
 * Source: "Building Lambda functions with Node.js", runtime-included SDK versions; CDK leaves out the same scopes.
 */
const scopes = ['@aws-sdk/', '@smithy/', '@aws-crypto/'];

/**
 * @param {string} specifier
 * @returns {boolean} whether the runtimes from nodejs18.x on have it
 */
export function isRuntimeModule(specifier) {
  return scopes.some((scope) => specifier.startsWith(scope));
}

/**
 * Lets the code in `taskRoot` find them, whether it requires or imports.
 *
 * @param {string} taskRoot
 */
export function provideRuntimeModules(taskRoot) {
  const installation = installationFolder(dirname(fileURLToPath(import.meta.url)));
  // From inside of it they are found anyway, and a hook costs each cold start something.
  if (installation === undefined || isInside(taskRoot, installation)) return;
  lendToRequire(installation);
  lendToImport();
}

function lendToImport() {
  const registerHooks = /** @type {unknown} */ (Reflect.get(modules, 'registerHooks'));
  if (typeof registerHooks === 'function') {
    Reflect.apply(registerHooks, modules, [{ resolve: resolveOrLend }]);
  } else {
    // Before Node.js 22.15, where hooks have a thread of their own.
    modules.register('./runtime-modules-hooks.mjs', import.meta.url);
  }
}

/**
 * @typedef {object} ResolveContext
 * @property {string} [parentURL]
 */

/**
 * @template Resolved
 * @param {string} specifier
 * @param {ResolveContext} context
 * @param {(specifier: string, context: ResolveContext) => Resolved} next
 * @returns {Resolved}
 */
function resolveOrLend(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    if (!isRuntimeModule(specifier)) throw error;
    return orElse(error, () => next(specifier, { ...context, parentURL: import.meta.url }));
  }
}

/** @param {string} installation */
function lendToRequire(installation) {
  // Not public, and the only door: `require.resolve` and every `require` go through it.
  const resolve = /** @type {unknown} */ (Reflect.get(modules.Module, '_resolveFilename'));
  if (typeof resolve !== 'function')
    throw new TypeError('This version of Node.js cannot be told where modules are.');
  /** @param {unknown[]} values */
  const resolveFilename = (...values) => {
    try {
      return /** @type {unknown} */ (Reflect.apply(resolve, modules.Module, values));
    } catch (error) {
      const [request, parent, isMain] = values;
      if (!isRuntimeModule(String(request))) throw error;
      const lent = [request, parent, isMain, { paths: [installation] }];
      return orElse(error, () => /** @type {unknown} */ (Reflect.apply(resolve, modules.Module, lent)));
    }
  };
  Object.assign(modules.Module, { _resolveFilename: resolveFilename });
}

/**
 * @template Found
 * @param {unknown} error thrown when `find` finds nothing either: it names who asked
 * @param {() => Found} find
 * @returns {Found}
 */
function orElse(error, find) {
  try {
    return find();
  } catch {
    throw error;
  }
}

/**
 * @param {string} directory
 * @returns {string | undefined} the nearest folder upward in which the SDK is installed
 */
function installationFolder(directory) {
  if (existsSync(join(directory, 'node_modules', '@aws-sdk'))) return realpathSync(directory);
  const parent = dirname(directory);
  return parent === directory ? undefined : installationFolder(parent);
}

/**
 * @param {string} directory
 * @param {string} ancestor
 */
function isInside(directory, ancestor) {
  return !relative(ancestor, realpathSync(directory)).startsWith('..');
}

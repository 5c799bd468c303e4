import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOf, functionModel, returned, testedFunctions } from '../support/local-functions.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a handler', () => {
  it.each([
    ['a promise', 'common.promise', { name: 'Ana' }, 'Hello Ana'],
    ['a callback', 'common.callback', { name: 'Ana' }, 'Hello Ana'],
    ['a callback, and the event loop empties later', 'common.callbackThenTimer', {}, { done: true }],
    ['nothing at all', 'common.nothing', {}, null],
    ['a promise, from deep inside the exports', 'common.nested.deeper.handler', {}, 'deep'],
  ])('of a CommonJS file answers by %s', async (_title, handler, event, answer) => {
    const { invoke } = testedFunctions([functionModel(handler)]);
    expect(returned(await invoke(handler, event))).toEqual(answer);
  });

  it('may answer its callback with an error', async () => {
    const { invoke } = testedFunctions([functionModel('common.callbackFails')]);
    expect(errorOf(await invoke('common.callbackFails'))).toMatchObject({
      errorMessage: 'the callback says no',
    });
  });

  it.each([
    ['an object without a prototype', 'bare', { errorType: 'handled' }],
    ['an object whose toString throws', 'throwing', { errorType: 'handled' }],
    ['an error that hides its message', 'hidden', { errorType: 'handled' }],
    ['an error whose message is a BigInt', 'bigint', { errorType: 'Error', errorMessage: '1' }],
  ])(
    'that throws %s fails with a document, and its environment lives on',
    async (_title, which, document) => {
      const { functions, invoke } = testedFunctions([functionModel('misbehaving.throwsUnreadable')]);
      await functions.load();
      const { pids } = functions;
      expect(errorOf(await invoke('misbehaving.throwsUnreadable', { which }))).toMatchObject(document);
      expect(functions.pids).toEqual(pids);
    },
  );

  it.each(['bare', 'throwing', 'hidden', 'bigint'])(
    'that leaves a rejection unheard of what cannot be read (%s) fails with a document',
    async (which) => {
      const { invoke } = testedFunctions([functionModel('misbehaving.rejectsUnreadable')]);
      expect(errorOf(await invoke('misbehaving.rejectsUnreadable', { which }))).toMatchObject({
        errorType: 'Runtime.UnhandledPromiseRejection',
      });
    },
  );

  it.each(['bigint', 'circular', 'throwing'])(
    'that answers with what JSON cannot hold (%s) fails as in Lambda, and its environment lives on',
    async (which) => {
      const { functions, invoke } = testedFunctions([functionModel('misbehaving.returnsUnwritable')]);
      await functions.load();
      const { pids } = functions;
      expect(errorOf(await invoke('misbehaving.returnsUnwritable', { which }))).toEqual({
        errorType: 'Error',
        errorMessage: 'Unable to stringify response body',
        trace: ['Error: Unable to stringify response body'],
      });
      expect(functions.pids).toEqual(pids);
    },
  );

  it('with a callback is refused from nodejs24.x on, as Lambda does', async () => {
    const { invoke } = testedFunctions([functionModel('common.callback', { runtime: 'nodejs24.x' })]);
    expect(errorOf(await invoke('common.callback'))).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
    });
  });

  it('without a promise answers at once from nodejs24.x on', async () => {
    const { invoke } = testedFunctions([functionModel('common.nothing', { runtime: 'nodejs24.x' })]);
    expect(returned(await invoke('common.nothing'))).toBeNull();
  });

  it('of a .js file is a module when its package says so', async () => {
    const codeDirectory = temporaryDirectory();
    writeFileSync(join(codeDirectory, 'package.json'), '{"type":"module"}');
    writeFileSync(join(codeDirectory, 'index.js'), 'export const handler = async () => import.meta.url;');
    const { invoke } = testedFunctions([functionModel('index.handler', { codeDirectory })]);
    expect(returned(await invoke('index.handler'))).toMatch(/index\.js$/);
  });
});

describe('loading', () => {
  it('is refused when no function has code that loads, and names each with the reason', async () => {
    const { functions } = testedFunctions([
      functionModel('throws-at-load.handler'),
      functionModel('warm.missing'),
    ]);
    await expect(functions.load()).rejects.toThrow(
      /^Function throws-at-load-handler \(throws-at-load\.handler in .*\) fails while it loads: Error: the table name is missing\nFunction warm-missing .*: Runtime\.HandlerNotFound: /,
    );
  });

  it('of one function that fails stops no other, and is said once', async () => {
    const { functions, invoke, log, output } = testedFunctions([
      functionModel('throws-at-load.handler'),
      functionModel('common.promise'),
    ]);
    await functions.load();
    expect(log).toEqual([
      expect.stringMatching(
        /^Function throws-at-load-handler \(.*\) fails while it loads: Error: the table name is missing$/,
      ),
    ]);
    expect(output).toEqual([]);
    expect(returned(await invoke('common.promise', { name: 'Ana' }))).toBe('Hello Ana');
    const failed = await invoke('throws-at-load.handler');
    expect(errorOf(failed)).toMatchObject({ errorMessage: 'the table name is missing' });
    expect(output).toMatchObject([{ functionName: 'throws-at-load-handler', requestId: failed.requestId }]);
  });

  it('gives what the code writes no request id', async () => {
    const codeDirectory = temporaryDirectory();
    writeFileSync(
      join(codeDirectory, 'index.mjs'),
      "console.log('awake'); export const handler = async () => 1;",
    );
    const { functions, output } = testedFunctions([functionModel('index.handler', { codeDirectory })]);
    await functions.load();
    await eventually(() => expect(output).toHaveLength(1));
    expect(output[0]?.text).toMatch(/^\S+Z\t\tINFO\tawake$/);
    expect(output[0]).not.toHaveProperty('requestId');
  });

  it('warms a function whose code is fine', async () => {
    const { functions, invoke } = testedFunctions([
      functionModel('throws-at-load.handler', { environment: { FINE: 'yes' } }),
    ]);
    await functions.load();
    const { pids } = functions;
    expect(returned(await invoke('throws-at-load.handler'))).toBe('loaded');
    expect(functions.pids).toEqual(pids);
  });

  it('of code that waits for nothing ends the environment at once', async () => {
    const { invoke } = testedFunctions([functionModel('never-loads.handler')]);
    expect(errorOf(await invoke('never-loads.handler'))).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('answers an event whose environment cannot load with the reason, each time anew', async () => {
    const { invoke } = testedFunctions([functionModel('throws-at-load.handler')]);
    const document = { errorType: 'Error', errorMessage: 'the table name is missing' };
    expect(errorOf(await invoke('throws-at-load.handler'))).toMatchObject(document);
    expect(errorOf(await invoke('throws-at-load.handler'))).toMatchObject(document);
  });

  it.each([
    ['a file that is not there', 'nowhere.handler', '', 'Runtime.ImportModuleError'],
    [
      'an import that is not there',
      'index.handler',
      "import 'not-installed-anywhere';",
      'Runtime.ImportModuleError',
    ],
    ['text that is no program', 'index.handler', 'export const = 1', 'Runtime.UserCodeSyntaxError'],
  ])('names %s', async (_title, handler, text, errorType) => {
    const codeDirectory = temporaryDirectory();
    writeFileSync(join(codeDirectory, 'index.mjs'), text);
    const { invoke } = testedFunctions([functionModel(handler, { codeDirectory })]);
    expect(errorOf(await invoke(handler))).toMatchObject({ errorType });
  });
});

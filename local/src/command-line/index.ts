/*
 * The second door of `local`: what a command needs that is started at a terminal. It loads no gateway, no engine and no
 * policies, so that a command that only says something starts at once.
 */
export { runCommand, sdkNotice, UsageError, type Terminal } from './command.ts';
export { keyAndValue, readOptions, required, wholeNumber, type Options } from './options.ts';
export { printable } from './printable.ts';
export { runUntilStopped } from './run-until-stopped.ts';
export { shortageIn } from './shortage.ts';
export { onStopRequest } from './stop-requests.ts';
export { jsonAnswer, type HttpAnswer } from '../http-answer.ts';
export { isRecord } from '../json.ts';
export { listenLocally } from '../listen.ts';
export { makeDirectory } from '../make-directory.ts';
export { privateFile, privateFolder } from '../private-files.ts';
export { keepProcesses, type KeptProcess, type ProcessKeeper } from '../processes.ts';
export { Refusal } from '../refusal.ts';
export { serve, type HttpRequest } from '../serve.ts';
export { systemCode } from '../system-code.ts';
export { Teardown } from '../teardown.ts';

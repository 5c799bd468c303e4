import type { FunctionInvoker, InvokeOptions, InvokeResult } from '../../src/invoker.ts';
import type { FunctionAnswer, FunctionCall } from './conformance/target.ts';

export interface RecordedCall extends FunctionCall {
  readonly options: InvokeOptions | undefined;
  answer(answer: FunctionAnswer): void;
}

type Script = { readonly answer: FunctionAnswer } | { readonly result: InvokeResult } | 'hold';

/** Functions that answer as a test tells them, and remember what they were called with. */
export class ScriptedFunctions implements FunctionInvoker {
  readonly #scripts = new Map<string, Script>();
  readonly #calls = new Map<string, RecordedCall[]>();
  readonly #handedOut = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  static arn(functionName: string): string {
    return `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`;
  }

  script(functionName: string, answer: FunctionAnswer): void {
    this.#scripts.set(functionName, { answer });
  }

  /** Every later call ends as told, whatever a function could return. */
  end(functionName: string, result: InvokeResult): void {
    this.#scripts.set(functionName, { result });
  }

  hold(functionName: string): void {
    this.#scripts.set(functionName, 'hold');
  }

  calls(functionName: string): readonly RecordedCall[] {
    return this.#calls.get(functionName) ?? [];
  }

  async nextCall(functionName: string): Promise<RecordedCall> {
    const index = this.#handedOut.get(functionName) ?? 0;
    this.#handedOut.set(functionName, index + 1);
    for (;;) {
      const call = this.calls(functionName)[index];
      if (call !== undefined) return call;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  invoke(functionArn: string, payload: string, options?: InvokeOptions): Promise<InvokeResult> {
    const functionName = functionArn.slice(ScriptedFunctions.arn('').length);
    return new Promise((resolve) => {
      const call: RecordedCall = {
        event: JSON.parse(payload),
        options,
        answer: (answer) => resolve(resultOf(answer)),
      };
      this.#calls.set(functionName, [...this.calls(functionName), call]);
      const script = this.#scripts.get(functionName) ?? { answer: { returns: { statusCode: 200 } } };
      if (script !== 'hold') resolve('answer' in script ? resultOf(script.answer) : script.result);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    });
  }
}

function resultOf(answer: FunctionAnswer): InvokeResult {
  const requestId = '6bc28136-xmpl-4365-b021-0ce6b2e64ab0';
  if ('returns' in answer) return { outcome: 'success', requestId, payload: JSON.stringify(answer.returns) };
  const payload = JSON.stringify({ errorMessage: answer.throws, errorType: 'Error', trace: [] });
  return { outcome: 'functionError', requestId, errorType: 'Error', payload };
}

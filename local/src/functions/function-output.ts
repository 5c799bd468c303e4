import type { Readable } from 'node:stream';

/** One line that a function wrote. */
export interface OutputLine {
  readonly functionName: string;
  /** Of the event that it belongs to; absent while the code loads. */
  readonly requestId?: string;
  /** As CloudWatch would have it. */
  readonly text: string;
}

export type OutputSink = (line: OutputLine) => void;

/** The bootstrap writes time, request id and level before what `console` gets, as text or at the beginning of an object. */
const stamped = /^(?:\S+Z\t([\w-]+)\t|\{"timestamp":"[^"]*","level":"\w*","requestId":"([\w-]+)")/;

/** A longer line is passed on in pieces. Source: "CloudWatch Logs quotas", event size. */
const maximumLineLength = 262_144;

/**
 * Passes the lines of a stream on. A line that does not say itself to which request it belongs gets the environment's
 * current or latest one.
 */
export function forwardLines(
  stream: Readable,
  functionName: string,
  latestRequestId: () => string | undefined,
  sink: OutputSink,
): void {
  let rest = '';
  const emit = (text: string): void => {
    const [, inText, inJson] = stamped.exec(text) ?? [];
    const requestId = inText ?? inJson ?? latestRequestId();
    sink({ functionName, text, ...(requestId === undefined ? {} : { requestId }) });
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    // Only at line feeds: a carriage return stands for a line break inside one event.
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) emit(line);
    if (rest.length < maximumLineLength) return;
    emit(rest);
    rest = '';
  });
  stream.on('end', () => {
    if (rest !== '') emit(rest);
  });
}

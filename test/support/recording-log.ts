import { jsonLog } from '../../lambdas/adapters/json-log.ts';
import type { Log } from '../../lambdas/core/ports.ts';

export interface RecordingLog extends Log {
  /** The records as they would be written, one JSON text each. */
  readonly lines: readonly string[];
  /** Names of the events written at a level. */
  events(level: string): unknown[];
}

/** The log that the functions write, kept instead of printed. */
export function recordingLog(): RecordingLog {
  const lines: string[] = [];
  return {
    ...jsonLog((line) => lines.push(line)),
    lines,
    events: (level) =>
      lines.map(recordOf).flatMap((record) => (record.level === level ? [record.event] : [])),
  };
}

function recordOf(line: string): { level?: unknown; event?: unknown } {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? value : {};
}

import type { Level, Log } from '../core/ports.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One JSON object a line: whatever a field holds, a record stays one record. */
export function jsonLog(write: (line: string) => void, fields: Fields = {}): Log {
  return {
    write: (level: Level, event: string, more: Fields = {}) =>
      write(`${JSON.stringify({ level, event, ...fields, ...more })}\n`),
    with: (more) => jsonLog(write, { ...fields, ...more }),
  };
}

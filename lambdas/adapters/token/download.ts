import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';

export interface DownloadLimits {
  /** For the whole of it, from the look-up of the name to the last byte. */
  readonly milliseconds: number;
  readonly bytes: number;
}

/** A document could not be had: no answer in time, another status than 200, or too long. */
export class DownloadFailed extends Error {
  override readonly name = 'DownloadFailed';
}

/**
 * Fetches a small document once, over https: no second try, no redirect. Rejects with `DownloadFailed`, whose message
 * quotes nothing of what was answered.
 */
export async function download(url: string, { milliseconds, bytes }: DownloadLimits): Promise<Buffer> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    return await bodyOf(url, await responseTo(url, signal), bytes);
  } catch (error) {
    if (error instanceof DownloadFailed) throw error;
    const reason = signal.aborted ? `no answer within ${milliseconds} ms` : 'the connection failed';
    throw new DownloadFailed(`${url}: ${reason}`, { cause: error });
  }
}

/** A connection of its own: one that is kept alive may have died while the environment was frozen. */
function responseTo(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { signal, headers: { accept: 'application/json', connection: 'close' } }, resolve).on(
      'error',
      reject,
    );
  });
}

async function bodyOf(url: string, response: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    if (response.statusCode !== 200) throw new DownloadFailed(`${url}: answered ${response.statusCode}`);
    for await (const piece of response) {
      if (!Buffer.isBuffer(piece)) throw new DownloadFailed(`${url}: answered no bytes`);
      length += piece.length;
      if (length > most) throw new DownloadFailed(`${url}: answered more than ${most} bytes`);
      pieces.push(piece);
    }
  } finally {
    response.destroy();
  }
  return Buffer.concat(pieces);
}

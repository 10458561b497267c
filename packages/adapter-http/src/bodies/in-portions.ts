import type { ServerResponse } from 'node:http';

// To read a portion within `maxStallMs`, a client needs only 2.2 KB/s.
const portionBytes = 64 * 1024;
// The connection of a client that does not read a portion within this time is closed. The client can continue after the last event or line
// that it received.
const maxStallMs = 30_000;

type Response = Pick<ServerResponse, 'destroy' | 'writableNeedDrain' | 'on' | 'off'>;

/**
 * Yields bytes in portions of 64 KiB, each after the previous one was sent. Returns when the last one was sent. Closes the connection if
 * the client takes more than 30 s to read a portion.
 */
export async function* inPortions(
  bytes: Buffer,
  response: Response,
): AsyncGenerator<Buffer, void, undefined> {
  for (let start = 0; start < bytes.length; start += portionBytes) {
    const timer = setTimeout(() => response.destroy(), maxStallMs);
    try {
      yield bytes.subarray(start, start + portionBytes);
      // Without this wait, the next portion would be held in memory beside this one.
      if (response.writableNeedDrain) await drained(response);
    } finally {
      clearTimeout(timer);
    }
  }
}

const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });

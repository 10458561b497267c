import type { ServerResponse } from 'node:http';

// Small enough for a slow client to read one within the time limit, at about 2 KB/s.
const portionBytes = 64 * 1024;
// A client that does not read a portion within this time is cut off. It can continue after its last event.
const maxStallMs = 30_000;

type Response = Pick<ServerResponse, 'destroy' | 'writableNeedDrain' | 'on' | 'off'>;

/** Yields bytes in portions, each after the previous one was sent, and returns after the last. Closes the connection of a client that stalls. */
export async function* inPortions(
  bytes: Buffer,
  response: Response,
): AsyncGenerator<Buffer, void, undefined> {
  for (let start = 0; start < bytes.length; start += portionBytes) {
    const timer = setTimeout(() => response.destroy(), maxStallMs);
    try {
      yield bytes.subarray(start, start + portionBytes);
      // Otherwise what follows would wait in memory beside this portion.
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

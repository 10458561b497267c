import type { Call, Connection } from '../http/connection.ts';
import { requestErrorFrom, hasMediaType, ProblemError } from '../http/problem-error.ts';
import { withTimeLimit } from '../http/time-limit.ts';

/**
 * Yields the text of one response as it arrives. Throws ConnectionError if nothing arrives for `idleMs`, or if the response has another
 * media type.
 */
export async function* textChunks(
  connection: Connection,
  { signal, ...call }: Call,
  mediaType: string,
  idleMs: number,
): AsyncGenerator<string, void, undefined> {
  const controller = new AbortController();
  try {
    const response = await withTimeLimit(idleMs, signal, async () => {
      const answer = await connection.open(call, controller.signal);
      if (!answer.ok) throw await ProblemError.of(answer);
      if (!hasMediaType(answer, mediaType)) throw requestErrorFrom(new SyntaxError(`not ${mediaType}`));
      return answer;
    });
    // Not every browser can iterate over a response body, so this reads it with a reader.
    const body: ReadableStream<Uint8Array> | null = response.body;
    const reader = body?.getReader();
    const decoder = new TextDecoder();
    let bytes: Uint8Array | undefined;
    do {
      const chunk = await withTimeLimit(idleMs, signal, async () => reader?.read()).catch(
        (error: unknown) => {
          signal?.throwIfAborted();
          throw requestErrorFrom(error);
        },
      );
      bytes = chunk?.value;
      // The last call of `decode`, without bytes, replaces a character that the end of the stream cut off.
      yield decoder.decode(bytes, { stream: bytes !== undefined });
    } while (bytes !== undefined);
  } finally {
    controller.abort();
  }
}

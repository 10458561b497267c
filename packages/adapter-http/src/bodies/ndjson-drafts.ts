import type { Readable } from 'node:stream';
import { FaultyDraft } from '@user-activity/application';
import { RuleBroken } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { exactItemIn } from './batch-items.ts';
import { tooMany } from './batch-receipt.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { bodyTooLarge, maxItemBytes, readingFault, tooLarge } from '../requests/input-limits.ts';
import { assertUtf8, withoutMark } from './json-body.ts';
import { behindSpace, valueBytes } from './json-bytes.ts';
import { type Line, LineSplitter } from './line-splitter.ts';
import { linesOfJson } from '../requests/media-types.ts';
import { turns } from './turns.ts';
import { assertFits } from './whole-body.ts';

const portionSize = 100;
const smallChunk = 1024;

interface Limits {
  readonly maxBytes: number;
  readonly maxLines: number;
  /** Counts the bytes of chunks and of their values. Throws if the process has no room for them. */
  readonly count: (bytes: number) => void;
}

/** Makes the routes of a plugin accept bodies with one JSON value on each line. They get such a body as `NdjsonDrafts`. */
export function parseNdjsonBodies(app: FastifyInstance, maxLines: number): void {
  app.addContentTypeParser(linesOfJson, async (request: FastifyRequest, payload: Readable) => {
    assertUtf8(request.headers['content-type']);
    assertFits(request);
    const count = (bytes: number): void => request.bytes.addBody(bytes);
    const limits = { maxBytes: request.routeOptions.bodyLimit, maxLines, count };
    // Destroying the request itself would close the connection before the response is sent.
    return new NdjsonDrafts(payload, limits, { destroyOnReturn: payload !== request.raw });
  });
}

/**
 * Yields the drafts of a body in portions, as its bytes arrive. Never holds the whole body. Lines end with \n or \r\n. Blank lines are
 * ignored. A line that is not JSON in UTF-8, or is longer than 1 MiB, becomes a `FaultyDraft`. Throws INPUT_TOO_LARGE if the body exceeds
 * a limit, and INPUT_UNREADABLE if the body breaks off. The body can be read only once.
 */
export class NdjsonDrafts implements AsyncIterable<readonly unknown[]> {
  readonly #payload: Readable;
  readonly #limits: Limits;
  readonly #iteratorOptions: Parameters<Readable['iterator']>[0];
  readonly #splitter = new LineSplitter(maxItemBytes);
  readonly #chunks = new ChunkLimit();
  #bytes = 0;
  #lines = 0;
  /** Whether the next line is the first, which may begin with a byte order mark. */
  #isFirst = true;

  constructor(payload: Readable, limits: Limits, iteratorOptions: Parameters<Readable['iterator']>[0]) {
    this.#payload = payload;
    this.#limits = limits;
    this.#iteratorOptions = iteratorOptions;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly unknown[], void, undefined> {
    const turn = turns.begin();
    try {
      const chunks: AsyncIterable<unknown> = this.#payload.iterator(this.#iteratorOptions);
      for await (const chunk of chunks) {
        if (!Buffer.isBuffer(chunk)) continue;
        // A wait at each of many small chunks would let further chunks pile up.
        if (chunk.length > smallChunk && turn.isOver) await turn.next();
        this.#count(chunk);
        const drafts: unknown[] = [];
        for (const line of this.#splitter.split(chunk)) drafts.push(...this.#draftsIn(line));
        // A chunk may hold thousands of lines.
        for (let from = 0; from < drafts.length; from += portionSize) {
          if (turn.isOver) await turn.next();
          yield drafts.slice(from, from + portionSize);
        }
      }
      yield this.#draftsIn(this.#splitter.end());
    } catch (error) {
      throw readingFault(error);
    }
  }

  #count(chunk: Buffer): void {
    this.#chunks.count(chunk.length);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxBytes) throw bodyTooLarge(this.#limits.maxBytes);
    this.#limits.count(chunk.length + valueBytes(chunk));
  }

  /** Returns the draft in a line, or nothing for a blank line. */
  #draftsIn(wholeLine: Line): [] | [draft: unknown] {
    const line = this.#isFirst && wholeLine !== undefined ? withoutMark(wholeLine) : wholeLine;
    this.#isFirst = false;
    if (line !== undefined && behindSpace(line, 0) === line.length) return [];
    this.#lines += 1;
    if (this.#lines > this.#limits.maxLines) throw tooLarge(tooMany(this.#limits.maxLines));
    return [draftIn(line)];
  }
}

function draftIn(line: Line): unknown {
  try {
    if (line === undefined) throw new RuleBroken(`must be at most ${maxItemBytes} bytes long`);
    return exactItemIn(line);
  } catch (error) {
    if (error instanceof RuleBroken) return new FaultyDraft([{ path: '', message: error.message }]);
    throw error;
  }
}

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
  readonly bytes: number;
  readonly lines: number;
  /** Counts bytes that arrive, and those of their values. Throws if the process may not hold them. */
  readonly count: (bytes: number) => void;
}

type Ending = Parameters<Readable['iterator']>[0];

/** Makes the routes of this plugin take bodies of one JSON value per line, as `NdjsonDrafts`. */
export function parseNdjsonBodies(app: FastifyInstance, lines: number): void {
  app.addContentTypeParser(linesOfJson, async (request: FastifyRequest, payload: Readable) => {
    assertUtf8(request.headers['content-type']);
    assertFits(request);
    const count = (added: number): void => request.bytes.addBody(added);
    const limits = { bytes: request.routeOptions.bodyLimit, lines, count };
    // A destroyed request loses its connection, on which it must be counted and answered.
    return new NdjsonDrafts(payload, limits, { destroyOnReturn: payload !== request.raw });
  });
}

/**
 * The drafts of a body, in portions as its bytes arrive; it never holds the whole body. Lines end with \n or \r\n, and blank lines do not
 * count. A line that is not JSON in UTF-8, or is longer than 1 MiB, becomes a `FaultyDraft`. Throws INPUT_TOO_LARGE once a limit is
 * exceeded, and INPUT_UNREADABLE if the body breaks off. It can be read once.
 */
export class NdjsonDrafts implements AsyncIterable<readonly unknown[]> {
  readonly #payload: Readable;
  readonly #limits: Limits;
  readonly #ending: Ending;
  readonly #splitter = new LineSplitter(maxItemBytes);
  readonly #chunks = new ChunkLimit();
  #bytes = 0;
  #lines = 0;
  /** Whether there was a line. Only the first one may begin with a byte order mark. */
  #isBegun = false;

  constructor(payload: Readable, limits: Limits, ending: Ending) {
    this.#payload = payload;
    this.#limits = limits;
    this.#ending = ending;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly unknown[], void, undefined> {
    const turn = turns.begin();
    try {
      const chunks: AsyncIterable<unknown> = this.#payload.iterator(this.#ending);
      for await (const chunk of chunks) {
        if (!Buffer.isBuffer(chunk)) continue;
        // Waiting with each of many small chunks would let the rest pile up.
        if (chunk.length > smallChunk && turn.isOver) await turn.next();
        const drafts: unknown[] = [];
        this.#split(chunk, drafts);
        // A chunk may hold thousands of lines.
        for (let from = 0; from < drafts.length; from += portionSize) {
          if (turn.isOver) await turn.next();
          yield drafts.slice(from, from + portionSize);
        }
      }
      const last: unknown[] = [];
      this.#splitter.end((line) => this.#takeLine(line, last));
      yield last;
    } catch (error) {
      throw readingFault(error);
    }
  }

  #split(chunk: Buffer, drafts: unknown[]): void {
    this.#chunks.count(chunk.length);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.bytes) throw bodyTooLarge(this.#limits.bytes);
    this.#limits.count(chunk.length + valueBytes(chunk));
    this.#splitter.split(chunk, (line) => this.#takeLine(line, drafts));
  }

  #takeLine(taken: Line, drafts: unknown[]): void {
    const line = this.#isBegun || taken === undefined ? taken : withoutMark(taken);
    this.#isBegun = true;
    if (line !== undefined && behindSpace(line, 0) === line.length) return;
    this.#lines += 1;
    if (this.#lines > this.#limits.lines) throw tooLarge(tooMany(this.#limits.lines));
    drafts.push(draftIn(line));
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

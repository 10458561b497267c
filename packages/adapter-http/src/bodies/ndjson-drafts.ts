import type { Readable } from 'node:stream';
import { FaultyDraft } from '@user-activity/application';
import { DomainError, isDomainError, RuleBroken } from '@user-activity/domain';
import type { FastifyInstance } from 'fastify';
import { exactItemIn } from './batch-items.ts';
import { tooMany } from './batch-receipt.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { maxItemBytes } from '../requests/item-size.ts';
import { assertUtf8, withoutMark } from './json-body.ts';
import { valueBytes } from './json-weight.ts';
import { type Line, LineSplitter } from './line-splitter.ts';
import { linesOfJson } from '../requests/media-types.ts';
import { turns } from './turns.ts';
import { brokenOff, saysTooMuch, tooLarge } from './whole-body.ts';

const space: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);
const portionSize = 100;
const smallChunk = 1024;

/** How much there may be of a body. */
interface Limits {
  readonly bytes: number;
  readonly lines: number;
  /** Counts what arrives. Throws if it is more than the process may hold. */
  readonly count: (bytes: number) => void;
}

/** Whether a payload that is not read to its end is destroyed. */
interface Ending {
  readonly destroyOnReturn: boolean;
}

/** Has the routes of this plugin take bodies of one JSON value a line, as `NdjsonDrafts`. */
export function parseNdjsonBodies(app: FastifyInstance, lines: number): void {
  app.addContentTypeParser([...linesOfJson], (request, payload, done) => {
    try {
      assertUtf8(request.headers['content-type']);
      const bytes = request.routeOptions.bodyLimit;
      if (saysTooMuch(request)) throw tooLarge(bytes);
      // A request that is destroyed no longer knows its connection, on which it has to be counted and answered.
      const destroyOnReturn = payload !== request.raw;
      done(
        null,
        new NdjsonDrafts(
          payload,
          { bytes, lines, count: (added) => request.bytes.addBody(added) },
          { destroyOnReturn },
        ),
      );
    } catch (error) {
      done(error instanceof Error ? error : new Error('A parser threw no error.'));
    }
  });
}

/**
 * The drafts of a body, in portions as its bytes arrive; the body is never held as a whole. Lines end with \n or \r\n; blank ones do
 * not count; one that is no JSON in UTF-8, or is longer than 1 MiB, is a `FaultyDraft`. Throws INPUT_TOO_LARGE as soon as a
 * limit is passed, and INPUT_UNREADABLE where the body breaks off. To be read once.
 */
export class NdjsonDrafts implements AsyncIterable<readonly unknown[]> {
  readonly #payload: Readable;
  readonly #limits: Limits;
  readonly #ending: Ending;
  readonly #splitter: LineSplitter = new LineSplitter(maxItemBytes);
  readonly #chunks: ChunkLimit = new ChunkLimit();
  #bytes = 0;
  #lines = 0;
  /** Whether there was a line, be it blank: only the first may begin with a byte order mark. */
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
        // To wait for a turn with each of many small chunks would let the rest pile up.
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
      this.#splitter.end((line) => this.#take(line, last));
      yield last;
    } catch (error) {
      throw isDomainError(error) ? error : brokenOff(error);
    }
  }

  #split(chunk: Buffer, drafts: unknown[]): void {
    this.#chunks.count(chunk.length);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.bytes) throw tooLarge(this.#limits.bytes);
    this.#limits.count(chunk.length + valueBytes(chunk));
    this.#splitter.split(chunk, (line) => this.#take(line, drafts));
  }

  #take(taken: Line, drafts: unknown[]): void {
    const line = this.#isBegun || taken === undefined ? taken : withoutMark(taken);
    this.#isBegun = true;
    if (line?.every((byte) => space.has(byte)) === true) return;
    this.#lines += 1;
    if (this.#lines > this.#limits.lines)
      throw new DomainError('INPUT_TOO_LARGE', tooMany(this.#limits.lines));
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

import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { FaultyDraft } from '@user-activity/application';
import { parseLosslessJson, RuleBroken } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readExactItem } from './batch-items.ts';
import { tooManyMessage } from './batch-receipt.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { bodyTooLarge, maxItemBytes, readingFault, inputTooLarge } from '../requests/input-limits.ts';
import { assertUtf8, maxShortBytes, withoutByteOrderMark } from './json-body.ts';
import { estimateValueBytes, skipSpace } from './json-bytes.ts';
import { type Line, LineSplitter, newline } from './line-splitter.ts';
import { ndjsonTypes } from '../requests/media-types.ts';
import { turns } from './turns.ts';
import { assertBodyFits } from './whole-body.ts';

const maxPortionItems = 100;
const maxSmallChunkBytes = 1024;

interface Limits {
  readonly maxBytes: number;
  readonly maxLines: number;
  /** Counts the bytes of a chunk, and those of its parsed values. Throws if the process has no room for them. */
  readonly countBytes: (bodyBytes: number, valueBytes: number) => void;
}

/** Makes the routes of a plugin accept bodies with one JSON value on each line. The body of such a request is `NdjsonDrafts`. */
export function parseNdjsonBodies(app: FastifyInstance, maxLines: number): void {
  app.addContentTypeParser(ndjsonTypes, async (request: FastifyRequest, payload: Readable) => {
    assertUtf8(request.headers['content-type']);
    assertBodyFits(request);
    const countBytes = (body: number, values: number): void => {
      request.byteCounter.addBody(body + values);
      request.usage?.countBody(body);
    };
    const limits = { maxBytes: request.route.bodyLimit, maxLines, countBytes };
    // Destroying the request itself would close the connection before the response is sent.
    return new NdjsonDrafts(payload, limits, { destroyOnReturn: payload !== request.raw });
  });
}

/**
 * Yields the drafts of a body in portions, as its bytes arrive, and never holds the whole body. Lines end with `\n` or `\r\n`. Blank lines
 * are ignored. A line that is not JSON in UTF-8, or is longer than 1 MiB, becomes a `FaultyDraft`. Throws INPUT_TOO_LARGE if the body
 * exceeds a limit, and INPUT_UNREADABLE if the body breaks off. The body can be read only once.
 */
export class NdjsonDrafts implements AsyncIterable<readonly unknown[]> {
  readonly #payload: Readable;
  readonly #limits: Limits;
  readonly #iteratorOptions: Parameters<Readable['iterator']>[0];
  readonly #splitter = new LineSplitter(maxItemBytes);
  readonly #chunkLimit = new ChunkLimit();
  #byteCount = 0;
  #lineCount = 0;
  /** Whether the next line is the first line of the body, which may begin with a byte order mark. */
  #isFirstLine = true;

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
        // Small chunks are read without waiting for a turn: meanwhile, further chunks would pile up in memory.
        if (chunk.length > maxSmallChunkBytes && turn.isOver) await turn.next();
        this.#countChunk(chunk);
        const drafts: unknown[] = [];
        this.#readChunk(chunk, drafts);
        // A chunk may hold thousands of lines, so its drafts are yielded in portions.
        for (let start = 0; start < drafts.length; start += maxPortionItems) {
          if (turn.isOver) await turn.next();
          yield drafts.slice(start, start + maxPortionItems);
        }
      }
      const lastDrafts: unknown[] = [];
      this.#readLine(this.#splitter.endLine(), lastDrafts);
      yield lastDrafts;
    } catch (error) {
      throw readingFault(error);
    }
  }

  #countChunk(chunk: Buffer): void {
    this.#chunkLimit.count(chunk.length);
    this.#byteCount += chunk.length;
    if (this.#byteCount > this.#limits.maxBytes) throw bodyTooLarge(this.#limits.maxBytes);
    this.#limits.countBytes(chunk.length, estimateValueBytes(chunk));
  }

  /** Adds the draft of each line that ends in the chunk. */
  #readChunk(chunk: Buffer, drafts: unknown[]): void {
    // The first line may have begun in an earlier chunk.
    const start = chunk.indexOf(newline) + 1;
    const end = chunk.lastIndexOf(newline) + 1;
    const wholeLines = chunk.subarray(start, end);
    if (wholeLines.length > maxShortBytes || !isUtf8(wholeLines)) {
      this.#splitLines(chunk, drafts);
      return;
    }
    this.#splitLines(chunk.subarray(0, start), drafts);
    this.#readShortLines(wholeLines.toString('utf8'), drafts);
    this.#splitLines(chunk.subarray(end), drafts);
  }

  #splitLines(chunk: Buffer, drafts: unknown[]): void {
    for (const line of this.#splitter.split(chunk)) this.#readLine(line, drafts);
  }

  /** Reads whole lines from one text, without a buffer for each line, which takes 0.6 of the time. */
  #readShortLines(text: string, drafts: unknown[]): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = text.slice(start, end);
      const draft = line === '' ? undefined : parseLosslessJson(line);
      if (draft === undefined && line !== '') {
        // All further lines are read one by one too. Lines that fail are seldom alone, and a hostile client could have each of them read
        // twice.
        this.#splitLines(Buffer.from(text.slice(start)), drafts);
        return;
      }
      start = end + 1;
      if (draft === undefined) continue;
      this.#countLine();
      drafts.push(draft);
    }
  }

  /** Adds the draft in a line. Adds nothing for a blank line. */
  #readLine(rawLine: Line, drafts: unknown[]): void {
    const line = this.#isFirstLine && rawLine !== undefined ? withoutByteOrderMark(rawLine) : rawLine;
    this.#isFirstLine = false;
    if (line !== undefined && skipSpace(line, 0) === line.length) return;
    this.#countLine();
    drafts.push(draftIn(line));
  }

  #countLine(): void {
    this.#lineCount += 1;
    if (this.#lineCount > this.#limits.maxLines) throw inputTooLarge(tooManyMessage(this.#limits.maxLines));
  }
}

function draftIn(line: Line): unknown {
  try {
    if (line === undefined) throw new RuleBroken(`must be at most ${maxItemBytes} bytes long`);
    return readExactItem(line);
  } catch (error) {
    if (error instanceof RuleBroken) return new FaultyDraft([{ path: '', message: error.message }]);
    throw error;
  }
}

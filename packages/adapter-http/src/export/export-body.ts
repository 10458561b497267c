import { metrics } from '@opentelemetry/api';
import type { ExportedPages } from '@user-activity/application';
import { isDomainError, type StoredActivity } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inPortions } from '../bodies/in-portions.ts';
import { turns } from '../bodies/turns.ts';
import type { LinesOf } from './export-format.ts';
import { Problem } from '../requests/problem.ts';

const groupLength = 64 * 1024;
// An estimate of the length of an activity without its metadata, in characters.
const fixedLength = 256;

/** How an export ended. `client`: the client closed the connection, or read too slowly. `fault`: the service cut the export off. */
type End = 'complete' | 'client' | 'fault';

/** Makes the metric of exports, and returns a function that counts an export by how it ended. */
export function exportCounter(): (end: End) => void {
  const counter = metrics.getMeter('user-activity').createCounter('user_activity.http.exports', {
    unit: '{request}',
    description: 'Exports that began and ended, by how they ended',
  });
  const count = (end: End, value: number): void => counter.add(value, { 'user_activity.end': end });
  for (const end of ['complete', 'client', 'fault'] as const) count(end, 0);
  return (end) => count(end, 1);
}

export interface ExportBody {
  readonly header: string;
  readonly linesOf: LinesOf;
  readonly pages: ExportedPages;
  readonly onEnd: (end: End) => void;
}

/**
 * Yields the body of an export in chunks. Reads each page once the previous one is sent. Throws if a page cannot be read, and the
 * connection then breaks.
 */
export async function* exportBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { header, linesOf, pages, onEnd }: ExportBody,
): AsyncGenerator<Buffer, void, undefined> {
  let end: End = 'client';
  try {
    if (header !== '') yield* sent(request, reply, [Buffer.from(header)]);
    for await (const page of pages) yield* sent(request, reply, await chunksOf(page, linesOf));
    end = 'complete';
  } catch (error) {
    if (!reply.raw.destroyed) {
      end = 'fault';
      logCutOff(request, error);
    }
    throw error;
  } finally {
    onEnd(end);
  }
}

/** Encodes a page, and lets other requests run in between. */
async function chunksOf(activities: readonly StoredActivity[], linesOf: LinesOf): Promise<readonly Buffer[]> {
  const turn = turns.begin();
  const chunks: Buffer[] = [];
  for (const group of groupsOf(activities)) {
    if (chunks.length > 0 && turn.isOver) await turn.next();
    chunks.push(Buffer.from(linesOf(group)));
  }
  return chunks;
}

/** Divides activities into groups of about 64 KiB. */
function* groupsOf(activities: readonly StoredActivity[]): Generator<readonly StoredActivity[]> {
  let group: StoredActivity[] = [];
  let length = 0;
  for (const activity of activities) {
    group.push(activity);
    length += activity.metadata.length + fixedLength;
    if (length < groupLength) continue;
    yield group;
    group = [];
    length = 0;
  }
  if (group.length > 0) yield group;
}

/** Yields chunks, and returns once all are sent. */
async function* sent(
  { byteCounter, usage }: FastifyRequest,
  { raw }: FastifyReply,
  chunks: readonly Buffer[],
): AsyncGenerator<Buffer, void, undefined> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  byteCounter.holdResponse(length);
  usage?.countAnswer(length);
  try {
    for (const chunk of chunks) yield* inPortions(chunk, raw);
  } finally {
    byteCounter.holdResponse(0);
  }
}

function logCutOff({ log }: FastifyRequest, error: unknown): void {
  if (isDomainError(error)) log.warn({ code: error.code }, `export cut off: ${error.message}`);
  else if (error instanceof Problem) log.warn(`export cut off: ${error.message}`);
  else log.error({ err: error }, 'export cut off: an unexpected error');
}

import { metrics } from '@opentelemetry/api';
import type { ExportedPages } from '@user-activity/application';
import { isDomainError, type StoredActivity } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inPortions } from '../bodies/in-portions.ts';
import { turns } from '../bodies/turns.ts';
import type { LinesOf } from './export-format.ts';
import { Problem } from '../requests/problem.ts';

const groupLength = 64 * 1024;
// About what the other members of an activity take.
const fixedLength = 256;

/** How an export ended: `complete`, `client` if its client closed the connection or read too slowly, `fault` if the service cut it off. */
type End = 'complete' | 'client' | 'fault';

/** Counts exports by their end. */
export function exportCounter(): (end: End) => void {
  const counter = metrics.getMeter('user-activity').createCounter('user_activity.http.exports', {
    unit: '{request}',
    description: 'Exports that began and ended, by their end',
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

/** Yields the body of an export in chunks, each page once the one before is sent. If it fails, the connection breaks. */
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

/** Encodes a page. Other work gets a turn in between. */
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

/** Yields chunks, and returns once they are sent. */
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

import type { BatchReceipt, Violation } from '../api/answers.ts';
import type { Connection } from '../http/connection.ts';
import { ConnectionError, isTransient, ProblemError } from '../http/problem-error.ts';

/** The result of sending a batch. */
export type BatchAnswer =
  /** The service has accepted all lines except the rejected ones, which it will never accept. */
  | { readonly kind: 'settled'; readonly rejected: readonly RejectedLine[] }
  /** The service refuses the whole batch, but may accept a smaller one. */
  | { readonly kind: 'too large' }
  /** A temporary error, such as an outage: the service may accept the same batch later. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The service refuses every batch: the key, the project or the URL is wrong. */
  | { readonly kind: 'refused'; readonly error: unknown };

/** A line of a batch that the service rejected for good. */
export interface RejectedLine {
  /** The position of the line in the batch, from 0. */
  readonly index: number;
  /** The HTTP status that explains the rejection: 422 or 413. */
  readonly status: number;
  readonly errors: readonly Violation[];
}

interface BatchOptions {
  readonly signal: AbortSignal;
  readonly keepalive?: boolean;
}

/** Sends a batch of JSON lines. Never rejects: an outage is returned as `failed`. */
export async function sendBatch(
  connection: Connection,
  lines: readonly string[],
  options: BatchOptions,
): Promise<BatchAnswer> {
  try {
    const receipt = await connection.json<BatchReceipt>({
      method: 'POST',
      path: '/api/logs/batch',
      // NDJSON and not a JSON array, so that a line that the disk has damaged does not make the whole batch unreadable.
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
      ...options,
    });
    if (receipt.accepted + receipt.rejected.length !== lines.length)
      throw new ConnectionError('No complete answer.');
    return { kind: 'settled', rejected: receipt.rejected.map((item) => ({ ...item, status: 422 })) };
  } catch (error) {
    return answerFromError(error, lines.length);
  }
}

function answerFromError(error: unknown, count: number): BatchAnswer {
  if (isTransient(error)) return { kind: 'failed', error };
  if (!(error instanceof ProblemError) || (error.status !== 413 && error.status !== 422))
    return { kind: 'refused', error };
  const rejected = error.status === 422 ? rejectedLinesFrom(error) : [];
  if (rejected.length === count) return { kind: 'settled', rejected };
  if (count > 1) return { kind: 'too large' };
  const errors = error.errors.length > 0 ? error.errors : [{ path: '', message: error.message }];
  return { kind: 'settled', rejected: [{ index: 0, status: error.status, errors }] };
}

/**
 * Returns the rejected lines of a batch that was refused because it has no valid item. The path of an error begins with the index of its
 * line, such as `/0/type`.
 */
function rejectedLinesFrom({ status, errors, rejected }: ProblemError): readonly RejectedLine[] {
  const byIndex = new Map<number, Violation[]>(rejected.map((index) => [index, []]));
  for (const { path, message } of errors) {
    const [, index, rest = ''] = /^\/(\d+)(\/.*)?$/s.exec(path) ?? [];
    if (index === undefined) continue;
    const list = byIndex.get(Number(index)) ?? [];
    byIndex.set(Number(index), [...list, { path: rest, message }]);
  }
  return [...byIndex].map(([index, found]) => ({ index, status, errors: found }));
}

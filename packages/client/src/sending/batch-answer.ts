import type { BatchReceipt, Violation } from '../api/answers.ts';
import type { Connection } from '../http/connection.ts';
import { ConnectionError, isTransient, ProblemError } from '../http/problem-error.ts';

/** The answer to a batch. */
export type BatchAnswer =
  /** The service holds all lines but the rejected ones, which it will never take. */
  | { readonly kind: 'settled'; readonly rejected: readonly RejectedLine[] }
  /** The service refuses the whole batch, and may take smaller ones. */
  | { readonly kind: 'too large' }
  /** The service may take the same batch later. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The service refuses every batch: the key, the project or the URL is wrong. */
  | { readonly kind: 'refused'; readonly error: unknown };

/** A line of a batch that the service will never take. */
export interface RejectedLine {
  readonly index: number;
  readonly status: number;
  readonly errors: readonly Violation[];
}

interface BatchOptions {
  readonly signal: AbortSignal;
  readonly keepalive?: boolean;
}

/** Sends a batch. Never rejects: an outage is an answer, too. */
export async function sendBatch(
  connection: Connection,
  lines: readonly string[],
  options: BatchOptions,
): Promise<BatchAnswer> {
  try {
    const receipt = await connection.json<BatchReceipt>({
      method: 'POST',
      path: '/api/logs/batch',
      // By lines, so that one that a disk has damaged spoils no other.
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
      ...options,
    });
    if (receipt.accepted + receipt.rejected.length !== lines.length)
      throw new ConnectionError('There was no whole answer.');
    return { kind: 'settled', rejected: receipt.rejected.map((item) => ({ ...item, status: 422 })) };
  } catch (error) {
    return answerOf(error, lines.length);
  }
}

function answerOf(error: unknown, count: number): BatchAnswer {
  if (isTransient(error)) return { kind: 'failed', error };
  if (!(error instanceof ProblemError) || (error.status !== 413 && error.status !== 422))
    return { kind: 'refused', error };
  const rejected = error.status === 422 ? rejectedOf(error) : [];
  if (rejected.length === count) return { kind: 'settled', rejected };
  if (count > 1) return { kind: 'too large' };
  const errors = error.errors.length > 0 ? error.errors : [{ path: '', message: error.message }];
  return { kind: 'settled', rejected: [{ index: 0, status: error.status, errors }] };
}

/** Returns the items of a batch without a valid item. The paths of its errors begin with the index: `/0/type`. */
function rejectedOf({ status, errors, rejected }: ProblemError): readonly RejectedLine[] {
  const byIndex = new Map<number, Violation[]>(rejected.map((index) => [index, []]));
  for (const { path, message } of errors) {
    const [, index, rest = ''] = /^\/(\d+)(\/.*)?$/s.exec(path) ?? [];
    if (index === undefined) continue;
    const list = byIndex.get(Number(index)) ?? [];
    byIndex.set(Number(index), [...list, { path: rest, message }]);
  }
  return [...byIndex].map(([index, found]) => ({ index, status, errors: found }));
}

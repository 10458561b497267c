import { DomainError } from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { consumer, handling, resuming } from './changed-consumers.ts';

/** Consumers that break L14. */
export const brokenResumptions: Broken<LogSubject> = [
  [
    'L14',
    'continues where the group has committed',
    resuming((resumeAt) => async (partition, next) => {
      await resumeAt(partition, next);
      return next;
    }),
  ],
  [
    'L14',
    'calls `resumeAt` only if records wait',
    consumer((sound, log, group) => ({
      async start(handler, resumeAt) {
        const waiting = new Set(
          log
            .progress(group)
            .flatMap((progress) => (progress.committed < progress.end ? progress.partition : [])),
        );
        await sound.start(handler, async (partition, next) =>
          waiting.has(partition) && resumeAt !== undefined ? resumeAt(partition, next) : next,
        );
      },
    })),
  ],
  [
    'L14',
    'calls `resumeAt` only for the first batch',
    resuming((resumeAt) => {
      const offsets = new Map<number, number>();
      return async (partition, next) => {
        const known = offsets.has(partition) ? next : await resumeAt(partition, next);
        offsets.set(partition, known);
        return known;
      };
    }),
  ],
  [
    'L14',
    'calls `resumeAt` before every batch',
    consumer((sound) => ({
      start: (handler, resumeAt = async (_, next) => next) =>
        sound.start(async (records, signal, span) => {
          await resumeAt(span.partition, span.from);
          await handler(records, signal, span);
        }, resumeAt),
    })),
  ],
  [
    'L14',
    'continues at its own offset if `resumeAt` rejects',
    resuming((resumeAt) => (partition, next) => resumeAt(partition, next).catch(() => next)),
  ],
  [
    'L14',
    'calls `resumeAt` for ever if the store does not know the log',
    resuming(
      (resumeAt) => (partition, next) =>
        resumeAt(partition, next).catch(() => {
          throw new DomainError('LOG_UNAVAILABLE', 'unknown');
        }),
    ),
  ],
  [
    'L14',
    'passes a span that begins too early',
    handling(
      (handler) =>
        (records, signal, { partition, to }) =>
          handler(records, signal, { partition, from: 0, to }),
    ),
  ],
  [
    'L14',
    'passes a span that ends too early',
    handling(
      (handler) =>
        (records, signal, { partition, from, to }) =>
          handler(records, signal, { partition, from, to: to - 1 }),
    ),
  ],
];

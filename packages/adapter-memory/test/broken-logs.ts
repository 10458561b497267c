import {
  activityLogged,
  DomainError,
  type EventConsumer,
  type LogRecord,
  type PartitionProgress,
  ProjectId,
  type RecordHandler,
  type ResumeAt,
  StoredActivity,
} from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import { MemoryEventConsumer, MemoryLog } from '../src/index.ts';
import { memoryLog } from './memory-subjects.ts';
import { type Broken, inProject, withMetadata } from './broken.ts';

/** A time in milliseconds that exceeds any delivery in memory. */
export const patienceMs = 500;

/** Makes a log whose consumers have some methods replaced. */
const consumer =
  (
    overrides: (sound: EventConsumer, log: MemoryLog, group: string) => Partial<EventConsumer>,
    log: () => MemoryLog = () => new MemoryLog(),
  ) =>
  async (): Promise<LogSubject> => {
    const shared = log();
    const subject = await memoryLog(shared);
    return {
      ...subject,
      patienceMs,
      async openConsumer(group) {
        const sound = await subject.openConsumer(group);
        return {
          ended: sound.ended,
          start: (handler, resumeAt) => sound.start(handler, resumeAt),
          ping: () => sound.ping(),
          progress: () => sound.progress(),
          stop: () => sound.stop(),
          ...overrides(sound, shared, group),
        };
      },
    };
  };

const handling = (change: (handler: RecordHandler) => RecordHandler) =>
  consumer((sound) => ({ start: (handler, resumeAt) => sound.start(change(handler), resumeAt) }));

/** Replaces the function that tells where a member continues. */
const resuming = (change: (resumeAt: ResumeAt) => ResumeAt) =>
  consumer((sound) => ({
    start: (handler, resumeAt) => sound.start(handler, resumeAt && change(resumeAt)),
  }));

/** Changes each record that a consumer delivers. */
export const withContent = (change: (record: LogRecord) => LogRecord) =>
  handling((handler) => (records, signal, span) => handler(records.map(change), signal, span));

export const brokenConsumers: Broken<LogSubject> = [
  [
    'L1',
    'begins a new group at the end',
    consumer((sound, log, group) => ({
      async start(handler, resumeAt) {
        for (let partition = 0; partition < log.partitions; partition += 1) {
          const records = log.claim(group, partition, 1000);
          if (records !== undefined) log.release(group, partition, records.length);
        }
        await sound.start(handler, resumeAt);
      },
    })),
  ],
  [
    'L2',
    'delivers a batch backwards',
    handling((handler) => (records, signal, span) => handler(records.toReversed(), signal, span)),
  ],
  [
    'L3',
    'commits a rejected batch',
    handling((handler) => (records, signal, span) => handler(records, signal, span).catch(skip)),
  ],
  [
    'L3',
    'commits a batch before it is handled',
    handling((handler) => async (records, signal, span) => {
      handler(records, signal, span).catch(skip);
    }),
  ],
  [
    'L4',
    'commits for its own handle alone',
    consumer((_, log, group) => {
      const own = new MemoryEventConsumer(log, `${group}-${Math.random()}`);
      return { start: (handler) => own.start(handler), stop: () => own.stop() };
    }),
  ],
  [
    'L5',
    'has one position for all groups',
    consumer((_, log) => {
      const own = new MemoryEventConsumer(log, 'everybody');
      return { start: (handler) => own.start(handler), stop: () => own.stop() };
    }),
  ],
  [
    'L6',
    'skips unreadable records',
    handling((handler) => async (records, signal, span) => {
      const readable = records.filter(({ content }) => content.name !== 'Unreadable');
      if (readable.length > 0) await handler(readable, signal, span);
    }),
  ],
  [
    'L6',
    'converts raw bytes to text',
    withContent((record) => ({
      ...record,
      raw: () => ({ ...record.raw(), value: Buffer.from(Buffer.from(record.raw().value ?? []).toString()) }),
    })),
  ],
  [
    'L7',
    'delivers all records in one batch',
    consumer((_, log, group) => ({
      start: async (handler) => handleEverything(log, group, handler),
      stop: async () => undefined,
    })),
  ],
  [
    'L8',
    'does not wait for the handler',
    consumer((sound) => ({
      async stop() {
        sound.stop().catch(skip);
      },
    })),
  ],
  [
    'L9',
    'loses the metadata',
    withContent((record) =>
      record.content.name === 'Unreadable'
        ? record
        : {
            ...record,
            content: activityLogged(
              withMetadata(StoredActivity.of(record.content.activity), {}).toActivity(),
            ),
          },
    ),
  ],
  [
    'L9',
    'forgets the project',
    withContent((record) =>
      record.content.name === 'Unreadable'
        ? record
        : {
            ...record,
            content: activityLogged(inProject(record.content.activity, ProjectId.default)),
          },
    ),
  ],
  ['L10', 'resolves `ended` before it is stopped', consumer(() => ({ ended: Promise.resolve() }))],
  ['L11', 'resolves `ping` during an outage', consumer(() => ({ ping: async () => undefined }))],
  [
    'L13',
    'reports everything as committed',
    consumer((_, log) => ({ progress: async () => allCommitted(log) })),
  ],
  [
    'L13',
    'reports the progress of another group',
    consumer((_, log) => ({ progress: async () => log.progress('other') })),
  ],
  [
    'L13',
    'reports no partitions during an outage',
    consumer((sound) => ({ progress: () => sound.progress().catch(() => []) })),
  ],
  [
    'L13',
    'reports the oldest record at the committed offset',
    consumer((sound) => ({
      progress: async () =>
        (await sound.progress()).map((progress) => ({ ...progress, oldest: progress.committed })),
    })),
  ],
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
    'asks only if records wait',
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
    'asks only at the first batch',
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
    'asks before every batch',
    consumer((sound) => ({
      start: (handler, resumeAt = async (_, next) => next) =>
        sound.start(async (records, signal, span) => {
          await resumeAt(records[0]?.origin.partition ?? 0, span.from);
          await handler(records, signal, span);
        }, resumeAt),
    })),
  ],
  [
    'L14',
    'continues at its own offset if the answer fails',
    resuming((resumeAt) => (partition, next) => resumeAt(partition, next).catch(() => next)),
  ],
  [
    'L14',
    'asks for ever if the log is not the one that the store knows',
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
        (records, signal, { to }) =>
          handler(records, signal, { from: 0, to }),
    ),
  ],
  [
    'L14',
    'passes a span that ends too early',
    handling(
      (handler) =>
        (records, signal, { from, to }) =>
          handler(records, signal, { from, to: to - 1 }),
    ),
  ],
];

const allCommitted = (log: MemoryLog): readonly PartitionProgress[] =>
  log.progress('any').map((progress) => ({ ...progress, committed: progress.end }));

const skip = (): undefined => undefined;

async function handleEverything(log: MemoryLog, group: string, handler: RecordHandler): Promise<void> {
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const records = log.claim(group, partition, Number.MAX_SAFE_INTEGER);
    if (records === undefined) continue;
    await handler(records, new AbortController().signal, { from: 0, to: records.length });
    log.release(group, partition, records.length);
  }
}

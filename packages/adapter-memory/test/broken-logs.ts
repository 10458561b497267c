import {
  activityLogged,
  erasureRequested,
  type LogRecord,
  type PartitionProgress,
  ProjectId,
  recordContent,
  type RecordHandler,
  StoredActivity,
  Timestamp,
  type UserErasure,
} from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import { MemoryEventConsumer, type MemoryLog } from '../src/index.ts';
import { type Broken, inProject, withMetadata } from './broken.ts';
import { brokenResumptions } from './broken-resumptions.ts';
import { consumer, handling } from './changed-consumers.ts';

/** Changes each record that a consumer delivers. */
export const withContent = (change: (record: LogRecord) => LogRecord) =>
  handling((handler) => (records, signal, span) => handler(records.map(change), signal, span));

const isErasure = ({ content }: LogRecord): boolean => content.name === 'ErasureRequested';

/** Changes each erasure that a consumer delivers. */
const withErasure = (change: Partial<UserErasure>) =>
  withContent((record) =>
    record.content.name === 'ErasureRequested'
      ? { ...record, content: erasureRequested({ ...record.content.erasure, ...change }) }
      : record,
  );

export const brokenConsumers: Broken<LogSubject> = [
  [
    'L1',
    'starts a new group at the end of the log',
    consumer((sound, log, group) => ({
      async start(handler, resumeAt) {
        for (let partition = 0; partition < log.partitions; partition += 1) {
          const claim = log.claim(group, partition, 1000);
          if (claim !== undefined) log.release(group, partition, claim.to);
        }
        await sound.start(handler, resumeAt);
      },
    })),
  ],
  [
    'L2',
    'delivers the records of a batch in reverse order',
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
    'keeps commits only in its own handle',
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
    'L7',
    'skips offsets without records by itself',
    handling((handler) => async (records, signal, span) => {
      if (records.length > 0) await handler(records, signal, span);
    }),
  ],
  [
    'L7',
    'delivers an empty batch before each batch',
    handling((handler) => async (records, signal, span) => {
      await handler([], signal, { ...span, to: span.from });
      await handler(records, signal, span);
    }),
  ],
  [
    'L7',
    'passes the span of another partition',
    handling(
      (handler) => (records, signal, span) =>
        handler(records, signal, { ...span, partition: span.partition + 1 }),
    ),
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
    'delivers activities without their metadata',
    withContent((record) =>
      record.content.name !== 'ActivityLogged'
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
      record.content.name !== 'ActivityLogged'
        ? record
        : {
            ...record,
            content: activityLogged(inProject(record.content.activity, ProjectId.default)),
          },
    ),
  ],
  [
    'L2',
    'delivers erasures after all other records of a batch',
    handling(
      (handler) => (records, signal, span) =>
        handler(
          records.toSorted((a, b) => Number(isErasure(a)) - Number(isErasure(b))),
          signal,
          span,
        ),
    ),
  ],
  [
    'L6',
    'skips malformed erasures',
    handling((handler) => (records, signal, span) => {
      const isMalformed = ({ content, raw }: LogRecord): boolean =>
        content.name === 'Unreadable' && Object.hasOwn(raw().headers, 'ce_type');
      return handler(
        records.filter((record) => !isMalformed(record)),
        signal,
        span,
      );
    }),
  ],
  [
    'L6',
    'reads a malformed erasure as an activity',
    withContent((record) => {
      if (record.content.name !== 'Unreadable') return record;
      const content = recordContent(Buffer.from(record.raw().value ?? []).toString());
      return content.name === 'ActivityLogged' ? { ...record, content } : record;
    }),
  ],
  ['L9', 'forgets the project of an erasure', withErasure({ project: ProjectId.default })],
  ['L9', 'delivers every erasure with the mode `erase`', withErasure({ mode: 'erase' })],
  ['L9', 'loses the time of an erasure', withErasure({ requestedAt: Timestamp.fromMillis(0) })],
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
    'L13',
    'marks no commit',
    consumer((sound) => ({ progress: async () => withMarks(await sound.progress(), false) })),
  ],
  [
    'L13',
    'reports each commit as marked',
    consumer((sound) => ({ progress: async () => withMarks(await sound.progress(), true) })),
  ],
  ...brokenResumptions,
];

const allCommitted = (log: MemoryLog): readonly PartitionProgress[] =>
  log.progress('any').map((progress) => ({ ...progress, committed: progress.end }));

const withMarks = (
  partitions: readonly PartitionProgress[],
  isMarked: boolean,
): readonly PartitionProgress[] => partitions.map((progress) => ({ ...progress, isMarked }));

const skip = (): undefined => undefined;

async function handleEverything(log: MemoryLog, group: string, handler: RecordHandler): Promise<void> {
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const claim = log.claim(group, partition, Number.MAX_SAFE_INTEGER);
    if (claim === undefined) continue;
    const { records, to } = claim;
    await handler(records, new AbortController().signal, { partition, from: 0, to });
    log.release(group, partition, to);
  }
}

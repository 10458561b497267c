import {
  type MemoryLog,
  MemoryProjectRepository,
  MemorySettledOffsets,
  type MemoryStore,
} from '@user-activity/adapter-memory';
import type {
  LogRecord,
  OffsetSpan,
  RawRecord,
  RecordContent,
  Sender,
  UserActivity,
} from '@user-activity/domain';
import { activityLogged, LogId, ProjectId } from '@user-activity/domain';
import { erasing } from './erasing.ts';

/** Returns the use case for the project `default`. */
export const inDefault =
  <Args extends readonly unknown[], Result>(useCase: (project: ProjectId, ...args: Args) => Result) =>
  (...args: Args): Result =>
    useCase(ProjectId.default, ...args);

/** A use case that logs, for a sender of the project `default` without a public key. */
export const sentToDefault =
  <Args extends readonly unknown[], Result>(useCase: (sender: Sender, ...args: Args) => Result) =>
  (...args: Args): Result =>
    useCase({ project: ProjectId.default }, ...args);

/** Returns the span of the offsets of these records. */
export const spanOf = (records: readonly LogRecord[]): OffsetSpan => ({
  partition: records[0]?.origin.partition ?? 0,
  from: records[0]?.origin.offset ?? 0,
  to: (records.at(-1)?.origin.offset ?? -1) + 1,
});

/** The log of `recordsOf`, settled offsets that begin at its first record, projects, and erasures of users. */
export function settling(store: MemoryStore) {
  const log = LogId.parse('log-1');
  store.settled.set(log, [0]);
  return {
    log,
    isFirstLog: true,
    settledOffsets: new MemorySettledOffsets(store),
    projects: new MemoryProjectRepository(store),
    ...erasing(store),
  };
}

/** What the first partition of the log delivers. */
export function activitiesOn(log: MemoryLog): readonly UserActivity[] {
  const reachable = log.reachable;
  log.reachable = true;
  const records = log.claim('test', 0, 10_000)?.records ?? [];
  log.release('test', 0, 0);
  log.reachable = reachable;
  return records.flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity] : []));
}

/** Makes records at the offsets 0, 1, 2...: of an activity, or of unreadable bytes. */
export function recordsOf(...contents: readonly (UserActivity | 'unreadable')[]): LogRecord[] {
  return contents.map((content, offset) => ({
    origin: { topic: 'user-activity', partition: 0, offset },
    content: contentOf(content),
    raw: () => rawOf(offset),
  }));
}

const contentOf = (content: UserActivity | 'unreadable'): RecordContent =>
  content === 'unreadable'
    ? { name: 'Unreadable', project: ProjectId.default, reason: 'it is not JSON in UTF-8' }
    : activityLogged(content);

export const rawOf = (offset: number): RawRecord => ({
  key: Uint8Array.of(1),
  value: Uint8Array.of(offset),
  headers: { h: [Uint8Array.of(2)] },
});

import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryErasureLedger,
  MemoryEventConsumer,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  type ActivityRepository,
  erasureRequested,
  type ErasureLedger,
  type ErasureMode,
  LogId,
  type LogRecord,
  ProjectId,
  type RecordContent,
  UserActivity,
} from '@user-activity/domain';
import { erasureOf, sampleActivity } from '@user-activity/port-contracts';
import { makeStoringUseCases, type StoringPorts } from '../src/use-cases.ts';
import { anonymiser, digestUser } from './erasing.ts';
import { settling, spanOf } from './records.ts';

export const utf8 = new TextEncoder();
export const log = LogId.parse('log-1');

/** The content of a record: an activity, a requested erasure, or unreadable bytes with this user as key. */
export type Content = UserActivity | ReturnType<typeof erasureRequested> | { readonly keyOf: string | null };

/** Makes an activity of `user-1` that was received a number of seconds after the erasures of `requestOf`. */
export const activity = (id: string, second = 0, fields: Parameters<typeof sampleActivity>[0] = {}) =>
  sampleActivity({ id, receivedAt: erasureOf({ second }).requestedAt, ...fields });

/** Makes the request to erase `user-1`. */
export function requestOf(mode: ErasureMode = 'erase', fields: Parameters<typeof erasureOf>[0] = {}) {
  const { id, project, userId, requestedAt } = erasureOf(fields);
  return erasureRequested({ id, project, userId, mode, requestedAt });
}

/** Returns the erasure that a consumer records for a request at an offset. */
export function recordedOf(
  offset: number,
  mode: ErasureMode = 'erase',
  fields: Parameters<typeof erasureOf>[0] = {},
) {
  const erasure = erasureOf({ ...fields, mode, offset });
  return { ...erasure, user: digestUser(erasure.userId), place: { ...erasure.place, log } };
}

const contentOf = (content: Content): RecordContent => {
  if (content instanceof UserActivity) return { name: 'ActivityLogged', activity: content };
  if ('name' in content) return content;
  return { name: 'Unreadable', project: ProjectId.default, reason: 'the value is not JSON' };
};

const keyOf = (content: Content): string | null => {
  if (content instanceof UserActivity) return content.userId;
  return 'name' in content ? content.erasure.userId : content.keyOf;
};

/** Makes a record at an offset of partition 0, with the user in its key, its value and its header. */
export function recordAt(offset: number, content: Content, more: Partial<LogRecord> = {}): LogRecord {
  const key = keyOf(content);
  return {
    origin: { topic: 'user-activity', partition: 0, offset },
    content: contentOf(content),
    raw: () => ({
      key: key === null ? null : utf8.encode(key),
      value: utf8.encode(content instanceof UserActivity ? content.toText() : 'no JSON'),
      headers: { ce_type: [utf8.encode('type')], ce_subject: [utf8.encode(key ?? '')] },
    }),
    ...more,
  };
}

/** Returns the methods of a ledger as properties, so that a test can replace some. */
export const methodsOf = (ledger: ErasureLedger): ErasureLedger => ({
  announce: (erasure) => ledger.announce(erasure),
  record: (erasure) => ledger.record(erasure),
  find: (project, id) => ledger.find(project, id),
  isEmpty: () => ledger.isEmpty(),
  findByUsers: (users) => ledger.findByUsers(users),
  findOpen: (limit, after) => ledger.findOpen(limit, after),
  findAll: (limit, after) => ledger.findAll(limit, after),
  keep: (erasure) => ledger.keep(erasure),
  removeActivities: (removal) => ledger.removeActivities(removal),
  removeLetters: (erasure, limit) => ledger.removeLetters(erasure, limit),
  removeRecords: (records, letters) => ledger.removeRecords(records, letters),
  finish: (id) => ledger.finish(id),
});

export interface Around {
  readonly beforeSave?: () => Promise<unknown>;
  readonly afterSave?: () => Promise<unknown>;
}

/** The storing use case on adapters in memory. `around` runs around each save. */
export function storing(
  around: Around = {},
  change: (ledger: ErasureLedger) => Partial<StoringPorts> = () => ({}),
  store = new MemoryStore(),
) {
  const repository = new MemoryActivityRepository(store);
  const ledger = new MemoryErasureLedger(store);
  let failures = 0;
  const save: ActivityRepository['save'] = async (activities, origins) => {
    await around.beforeSave?.();
    const outcomes = await repository.save(activities, origins);
    await around.afterSave?.();
    return outcomes;
  };
  const known = settling(store);
  // The tests deliver any part of the log, in any order.
  store.settled.set(log, [1000, 1000]);
  const { storeActivities } = makeStoringUseCases({
    ...known,
    consumer: new MemoryEventConsumer(),
    acceptsGap: false,
    resumeObserver: { upgraded: () => undefined, rereading: () => undefined, skipped: () => undefined },
    repository: { save, findByIds: (keys) => repository.findByIds(keys) },
    deadLetterQueue: new MemoryDeadLetterQueue(store),
    clock: new FixedClock(),
    anonymiser,
    pause: async () => {
      store.reachable = true;
    },
    grace: async () => undefined,
    observer: {
      failed: () => {
        failures += 1;
      },
      recovered: () => undefined,
    },
    health: { log: [], store: [] },
    ...change(ledger),
  });
  const { signal } = new AbortController();
  const deliver = (...records: readonly LogRecord[]) => storeActivities(records, signal, spanOf(records));
  return {
    store,
    ledger,
    repository,
    failures: () => failures,
    deliver,
    /** Delivers records at the offsets from `from` on. */
    run: (from: number, ...contents: readonly Content[]) =>
      deliver(...contents.map((content, index) => recordAt(from + index, content))),
    left: () => [...store.activities.values()].map(({ id, userId }) => `${id} of ${userId}`).toSorted(),
    letters: () => [...store.letters.values()],
  };
}

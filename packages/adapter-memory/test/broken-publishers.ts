import {
  DomainError,
  type EventPublisher,
  headersOfEvent,
  type LogEvent,
  replayed,
  textOfEvent,
} from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import { MemoryEventPublisher, MemoryLog } from '../src/index.ts';
import { timeoutMs } from './changed-consumers.ts';
import { memoryLog } from './memory-subjects.ts';
import type { Broken } from './broken.ts';

/** Makes a log whose publishers have some methods replaced. */
const publisher =
  (overrides: (sound: EventPublisher, log: MemoryLog) => Partial<EventPublisher>) =>
  async (): Promise<LogSubject> => {
    const log = new MemoryLog();
    return {
      ...(await memoryLog(log)),
      timeoutMs,
      async openPublisher(options) {
        const sound = new MemoryEventPublisher(log, options);
        return {
          publish: (events) => sound.publish(events),
          republish: (records) => sound.republish(records),
          ping: () => sound.ping(),
          close: () => sound.close(),
          ...overrides(sound, log),
        };
      },
    };
  };

/** Keeps the last event of a call for the next one. */
function lagging(sound: EventPublisher): Partial<EventPublisher> {
  let kept: readonly LogEvent[] = [];
  return {
    async publish(events) {
      await sound.publish([...kept, ...events.slice(0, -1)]);
      kept = events.slice(-1);
    },
  };
}

/** Resolves before the events are on the log. */
function early(sound: EventPublisher): Partial<EventPublisher> {
  return {
    publish: async (events) => {
      sound.publish(events).catch(() => undefined);
    },
  };
}

const utf8 = new TextEncoder();
const isErasure = ({ name }: LogEvent): boolean => name === 'ErasureRequested';

const jsonLength = (events: readonly LogEvent[]): number => JSON.stringify(events).length;

export const brokenPublishers: Broken<LogSubject> = [
  ['P1', 'publishes the last event of a call only with the next call', publisher(lagging)],
  [
    'P2',
    'reverses the events of a call',
    publisher((sound) => ({ publish: (events) => sound.publish(events.toReversed()) })),
  ],
  [
    'P2',
    'publishes the erasures of a call before its activities',
    publisher((sound) => ({
      publish: (events) =>
        sound.publish(
          events.toSorted(
            (a, b) => Number(a.name === 'ActivityLogged') - Number(b.name === 'ActivityLogged'),
          ),
        ),
    })),
  ],
  [
    'P2',
    'publishes erasures with another key',
    publisher((sound, log) => ({
      async publish(events) {
        const [erasures, activities] = [
          events.filter(isErasure),
          events.filter((event) => !isErasure(event)),
        ];
        for (const event of erasures)
          log.appendRaw({
            key: utf8.encode('erasures'),
            value: utf8.encode(textOfEvent(event)),
            headers: headersOfEvent(event),
          });
        await sound.publish(activities);
      },
    })),
  ],
  ['P3', 'resolves before the log has the events', publisher(early)],
  [
    'P3',
    'rejects with an error of its driver',
    publisher((sound) => ({
      publish: (events) =>
        sound.publish(events).catch(() => {
          throw new Error('ECONNREFUSED');
        }),
    })),
  ],
  [
    'P4',
    'publishes a part of a call that exceeds the buffer',
    publisher((sound) => ({
      publish: async (events) => {
        await sound.publish(events.slice(0, 10));
        if (events.length > 10) await sound.publish(events);
      },
    })),
  ],
  [
    'P4',
    'ignores the limit of its buffer',
    publisher((_, log) => ({ publish: async (events) => log.append(events) })),
  ],
  ['P5', 'publishes after `close`', publisher(() => ({ close: async () => undefined }))],
  [
    'P5',
    'closes before a pending publish is done',
    publisher((sound) => ({
      publish: async (events) => {
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
        await sound.publish(events);
      },
    })),
  ],
  [
    'P4',
    'keeps a part of a large call that it refuses',
    publisher((sound) => {
      let isBusy = false;
      return {
        publish: async (events) => {
          const isRefused = isBusy && jsonLength(events) > 64 * 1024;
          isBusy = true;
          await sound.publish(isRefused ? events.slice(0, 1) : events);
          if (isRefused) throw new DomainError('LOG_BUSY', 'The buffer is full.');
        },
      };
    }),
  ],
  [
    'P5',
    'closes while a large publish is being prepared',
    publisher((sound) => ({
      publish: async (events) => {
        if (jsonLength(events) > 64 * 1024)
          await new Promise((resolve) => {
            setTimeout(resolve, 50);
          });
        await sound.publish(events);
      },
    })),
  ],
  [
    'P6',
    'publishes a replay without its header',
    publisher((_, log) => ({
      async republish(records) {
        for (const { key, value, headers } of records) log.appendRaw({ key, value, headers });
        return records.map(() => 'published');
      },
    })),
  ],
  [
    'P6',
    'replays an erasure without its type',
    publisher((sound) => ({
      republish: (records) =>
        sound.republish(
          records.map(({ headers: { ce_type: _type, ...headers }, ...record }) => ({ ...record, headers })),
        ),
    })),
  ],
  [
    'P6',
    'moves a record without a key to another partition',
    publisher((_, log) => ({
      async republish(records) {
        for (const record of records) log.appendRaw(replayed(record), record.origin.partition + 1);
        return records.map(() => 'published');
      },
    })),
  ],
  [
    'P6',
    'confirms a replay without publishing it',
    publisher(() => ({ republish: async (records) => records.map(() => 'published') })),
  ],
];

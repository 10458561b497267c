import { type ActivityLogged, DomainError, type EventPublisher, replayed } from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import { MemoryEventPublisher, MemoryLog } from '../src/index.ts';
import { patienceMs } from './broken-logs.ts';
import { memoryLog } from './memory-subjects.ts';
import type { Broken } from './broken.ts';

/** A log whose publishers do some things differently. */
const publisher =
  (differently: (sound: EventPublisher, log: MemoryLog) => Partial<EventPublisher>) =>
  async (): Promise<LogSubject> => {
    const log = new MemoryLog();
    return {
      ...(await memoryLog(log)),
      patienceMs,
      async openPublisher(options) {
        const sound = new MemoryEventPublisher(log, options);
        return {
          publish: (events) => sound.publish(events),
          republish: (records) => sound.republish(records),
          ping: () => sound.ping(),
          close: () => sound.close(),
          ...differently(sound, log),
        };
      },
    };
  };

/** Keeps the last event of a call for the next one. */
function lagging(sound: EventPublisher): Partial<EventPublisher> {
  let kept: readonly ActivityLogged[] = [];
  return {
    async publish(events) {
      await sound.publish([...kept, ...events.slice(0, -1)]);
      kept = events.slice(-1);
    },
  };
}

/** Acknowledges at once, and is not waited for. */
function early(sound: EventPublisher): Partial<EventPublisher> {
  return {
    publish: async (events) => {
      sound.publish(events).catch(() => undefined);
    },
  };
}

const largeness = (events: readonly ActivityLogged[]): number => JSON.stringify(events).length;

export const brokenPublishers: Broken<LogSubject> = [
  ['P1', 'keeps the last event for later', publisher(lagging)],
  [
    'P2',
    'turns a call around',
    publisher((sound) => ({ publish: (events) => sound.publish(events.toReversed()) })),
  ],
  ['P3', 'acknowledges early', publisher(early)],
  [
    'P3',
    'lets a driver speak',
    publisher((sound) => ({
      publish: (events) =>
        sound.publish(events).catch(() => {
          throw new Error('ECONNREFUSED');
        }),
    })),
  ],
  [
    'P4',
    'takes what fits of a call and refuses the rest',
    publisher((sound) => ({
      publish: async (events) => {
        await sound.publish(events.slice(0, 10));
        if (events.length > 10) await sound.publish(events);
      },
    })),
  ],
  ['P4', 'knows no limit', publisher((_, log) => ({ publish: async (events) => log.append(events) }))],
  ['P5', 'goes on after closing', publisher(() => ({ close: async () => undefined }))],
  [
    'P5',
    'closes while a publish is under way',
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
          const isRefused = isBusy && largeness(events) > 64 * 1024;
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
        if (largeness(events) > 64 * 1024)
          await new Promise((resolve) => {
            setTimeout(resolve, 50);
          });
        await sound.publish(events);
      },
    })),
  ],
  [
    'P6',
    'publishes again as if it were new',
    publisher((_, log) => ({
      async republish(records) {
        for (const { key, value, headers } of records) log.appendRaw({ key, value, headers });
        return records.map(() => 'published');
      },
    })),
  ],
  [
    'P6',
    'forgets where a record without a key belongs',
    publisher((_, log) => ({
      async republish(records) {
        for (const record of records) log.appendRaw(replayed(record), record.origin.partition + 1);
        return records.map(() => 'published');
      },
    })),
  ],
  [
    'P6',
    'confirms a replay and forgets it',
    publisher(() => ({ republish: async (records) => records.map(() => 'published') })),
  ],
];

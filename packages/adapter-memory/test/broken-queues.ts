import { type DeadLetter, type DeadLetterQueue, ProjectId } from '@user-activity/domain';
import type { DeadLetterSubject } from '@user-activity/port-contracts';
import { MemoryDeadLetterQueue, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { withoutLog } from './broken-letters.ts';
import type { Wrapped } from './broken-stores.ts';
import { memoryDeadLetters } from './memory-subjects.ts';

const queue = (overrides: Wrapped<DeadLetterQueue>) => async (): Promise<DeadLetterSubject> => {
  const store = new MemoryStore();
  const sound = new MemoryDeadLetterQueue(store);
  return {
    ...(await memoryDeadLetters(store)),
    open: async () => ({ add: (letters) => sound.add(letters), ...overrides(sound, store) }),
  };
};

const adding = (change: (letter: DeadLetter) => DeadLetter) =>
  queue((sound) => ({ add: (letters) => sound.add(letters.map(change)) }));

export const brokenQueues: Broken<DeadLetterSubject> = [
  ['D1', 'resolves without storing the letters', queue(() => ({ add: async () => undefined }))],
  [
    'D2',
    'treats letters of all partitions as those of one partition',
    adding((letter) => ({ ...letter, origin: { ...letter.origin, partition: 0 } })),
  ],
  [
    'D2',
    'keeps two letters of one origin',
    queue((sound, store) => ({
      async add(letters) {
        await sound.add(letters);
        for (const letter of letters) store.letters.set(String(store.letters.size), letter);
      },
    })),
  ],
  [
    'D3',
    'reads bytes as text',
    adding((letter) => ({
      ...letter,
      value: letter.value && Buffer.from(Buffer.from(letter.value).toString()),
    })),
  ],
  ['D3', 'forgets the id of the activity', adding(({ activityId: _forgotten, ...letter }) => letter)],
  ['D3', 'forgets the project', adding((letter) => ({ ...letter, project: ProjectId.default }))],
  [
    'D4',
    'resolves during an outage',
    queue((sound) => ({ add: (letters) => sound.add(letters).catch(() => undefined) })),
  ],
  [
    'D5',
    'treats letters of all logs as those of one log',
    adding((letter) => ({ ...letter, origin: withoutLog(letter.origin) })),
  ],
];

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TopicRegistry } from '@user-activity/domain';
import type { TopicRegistrySubject } from '@user-activity/port-contracts';
import { MemoryStore, MemoryTopicRegistry } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memoryTopics } from './memory-subjects.ts';

/** Makes a registry whose `register` is replaced. */
const registry =
  (overrides: (sound: TopicRegistry, store: MemoryStore) => TopicRegistry['register']) =>
  async (): Promise<TopicRegistrySubject> => {
    const store = new MemoryStore();
    return {
      ...(await memoryTopics(store)),
      open: async () => ({ register: overrides(new MemoryTopicRegistry(store), store) }),
    };
  };

export const brokenRegistries: Broken<TopicRegistrySubject> = [
  ['T1', 'returns the latest number', registry(() => async (_, partitions) => partitions)],
  [
    'T2',
    'ignores case',
    registry((sound) => (topic, partitions) => sound.register(topic.toLowerCase(), partitions)),
  ],
  [
    'T3',
    'remembers numbers in one handle alone',
    registry(() => {
      const own = new MemoryTopicRegistry();
      return (topic, partitions) => own.register(topic, partitions);
    }),
  ],
  [
    'T4',
    'checks, then acts',
    registry((_, store) => async (topic, partitions) => {
      const known = store.topics.get(topic);
      await nextTurn();
      if (known === undefined) store.topics.set(topic, partitions);
      return known ?? partitions;
    }),
  ],
  [
    'T5',
    'treats an outage as a first use',
    registry((sound) => (topic, partitions) => sound.register(topic, partitions).catch(() => partitions)),
  ],
];

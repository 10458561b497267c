import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TopicRegistry } from '@user-activity/domain';
import type { TopicRegistrySubject } from '@user-activity/port-contracts';
import { MemoryStore, MemoryTopicRegistry } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memoryTopics } from './memory-subjects.ts';

/** Makes a registry with another `register`. */
const registry =
  (differently: (sound: TopicRegistry, store: MemoryStore) => TopicRegistry['register']) =>
  async (): Promise<TopicRegistrySubject> => {
    const store = new MemoryStore();
    return {
      ...(await memoryTopics(store)),
      open: async () => ({ register: differently(new MemoryTopicRegistry(store), store) }),
    };
  };

export const brokenRegistries: Broken<TopicRegistrySubject> = [
  ['T1', 'believes the last', registry(() => async (_, partitions) => partitions)],
  [
    'T2',
    'ignores case',
    registry((sound) => (topic, partitions) => sound.register(topic.toLowerCase(), partitions)),
  ],
  [
    'T3',
    'remembers by itself',
    registry(() => {
      const own = new MemoryTopicRegistry();
      return (topic, partitions) => own.register(topic, partitions);
    }),
  ],
  [
    'T4',
    'looks first and writes then',
    registry((_, store) => async (topic, partitions) => {
      const known = store.topics.get(topic);
      await nextTurn();
      if (known === undefined) store.topics.set(topic, partitions);
      return known ?? partitions;
    }),
  ],
  [
    'T5',
    'takes an outage for a first time',
    registry((sound) => (topic, partitions) => sound.register(topic, partitions).catch(() => partitions)),
  ],
];

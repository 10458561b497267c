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
  [
    'T1',
    'returns the latest number of partitions',
    registry(() => async ({ partitions }, log) => ({ partitions, log, isFirst: true })),
  ],
  [
    'T1',
    'returns the latest log id',
    registry((sound) => async (topic, log) => ({ ...(await sound.register(topic, log)), log })),
  ],
  [
    'T2',
    'ignores the case of topic names',
    registry((sound) => (topic, log) => sound.register({ ...topic, name: topic.name.toLowerCase() }, log)),
  ],
  [
    'T3',
    'keeps topics only in the handle that registered them',
    registry(() => {
      const own = new MemoryTopicRegistry();
      return (topic, log) => own.register(topic, log);
    }),
  ],
  [
    'T4',
    'lets concurrent calls register the same topic',
    registry((_, store) => async ({ name, partitions, topicId }, log) => {
      const known = store.topics.get(name)?.[0];
      await nextTurn();
      if (known === undefined) store.topics.set(name, [{ partitions, log, isFirst: true, topicId }]);
      return known ?? { partitions, log, isFirst: true };
    }),
  ],
  [
    'T5',
    'treats a topic as new during an outage',
    registry(
      (sound) => (topic, log) =>
        sound.register(topic, log).catch(() => ({ partitions: topic.partitions, log, isFirst: true })),
    ),
  ],
  [
    'T6',
    'ignores the topic id',
    registry(
      (sound) =>
        ({ name, partitions }, log) =>
          sound.register({ name, partitions }, log),
    ),
  ],
  [
    'T6',
    'treats a topic without an id as another topic',
    registry((sound) => (topic, log) => sound.register({ ...topic, topicId: topic.topicId ?? 'none' }, log)),
  ],
  [
    'T7',
    'says that each topic is the first of its name',
    registry((sound) => async (topic, log) => ({ ...(await sound.register(topic, log)), isFirst: true })),
  ],
  [
    'T7',
    'says that a topic is the first of its name only when it is registered',
    registry((sound, store) => async (topic, log) => {
      const isNew = !store.topics.has(topic.name);
      return { ...(await sound.register(topic, log)), isFirst: isNew };
    }),
  ],
];

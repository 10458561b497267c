import { setImmediate as nextTurn } from 'node:timers/promises';
import { AccessKey, KeyId, type KeyRepository, maxAccessKeys } from '@user-activity/domain';
import type { KeyRepositorySubject, SecretGeneratorSubject } from '@user-activity/port-contracts';
import { MemoryKeyRepository, MemoryStore, SequentialSecrets } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memoryKeys } from './memory-subjects.ts';

/** Makes a repository with some methods replaced. */
const repository =
  (overrides: (sound: KeyRepository, store: MemoryStore) => Partial<KeyRepository>) =>
  async (): Promise<KeyRepositorySubject> => {
    const store = new MemoryStore();
    return {
      ...(await memoryKeys(store)),
      async open() {
        const sound = new MemoryKeyRepository(store);
        return {
          findAll: () => sound.findAll(),
          add: (key, now) => sound.add(key, now),
          replace: (key) => sound.replace(key),
          ...overrides(sound, store),
        };
      },
    };
  };

const withoutOverlap = (key: AccessKey): AccessKey => ({ ...key, secrets: [key.secrets[0]] });

const revokedOrExpiredAt = ({ revokedAt, expiresAt }: AccessKey): number => revokedAt ?? expiresAt ?? 0;

export const brokenKeyRepositories: Broken<KeyRepositorySubject> = [
  [
    'K1',
    'keeps only one secret of each key',
    repository((sound) => ({ findAll: async () => (await sound.findAll()).map(withoutOverlap) })),
  ],
  [
    'K1',
    'keeps an expiry or a revocation that was removed',
    repository((sound, store) => ({
      replace: (key) => sound.replace({ ...store.keys.get(key.id), ...key }),
    })),
  ],
  [
    'K1',
    'forgets origins, so that public keys become secret keys',
    repository((sound) => ({
      findAll: async () => (await sound.findAll()).map((key) => ({ ...key, origins: [] })),
    })),
  ],
  [
    'K1',
    'forgets limits',
    repository((sound) => ({
      findAll: async () => (await sound.findAll()).map((key) => ({ ...key, limits: {} })),
    })),
  ],
  [
    'K1',
    'keeps keys only in the handle that added them',
    repository(() => {
      const own = new MemoryKeyRepository();
      return { findAll: () => own.findAll(), add: (key, now) => own.add(key, now) };
    }),
  ],
  [
    'K2',
    'replaces a key with the same id',
    repository((sound, store) => ({
      async add(key, now) {
        store.keys.delete(key.id);
        return sound.add(key, now);
      },
    })),
  ],
  [
    'K2',
    'lets concurrent calls add the same key',
    repository((_, store) => ({
      async add(key) {
        const isKnown = store.keys.has(key.id);
        await nextTurn();
        if (isKnown) return 'exists';
        store.keys.set(key.id, key);
        return 'added';
      },
    })),
  ],
  [
    'K3',
    'adds any number of keys',
    repository((_, store) => ({
      async add(key) {
        if (store.keys.has(key.id)) return 'exists';
        store.keys.set(key.id, key);
        return 'added';
      },
    })),
  ],
  [
    'K3',
    'removes the oldest key, even if it is valid',
    repository((sound, store) => ({
      async add(key, now) {
        const [oldest] = store.keys.keys();
        if (store.keys.size >= maxAccessKeys && oldest !== undefined) store.keys.delete(oldest);
        return sound.add(key, now);
      },
    })),
  ],
  [
    'K3',
    'removes the key that was revoked first, even if another one expired before',
    repository((sound, store) => ({
      async add(key, now) {
        const ended = [...store.keys.values()].filter((each) => AccessKey.stateOf(each, now) !== 'valid');
        const [first] = ended.toSorted((left, right) => revokedOrExpiredAt(left) - revokedOrExpiredAt(right));
        if (store.keys.size >= maxAccessKeys && first !== undefined) store.keys.delete(first.id);
        return sound.add(key, now);
      },
    })),
  ],
  [
    'K4',
    'lets concurrent calls replace the same revision',
    repository((_, store) => ({
      async replace(key) {
        const isNext = store.keys.get(key.id)?.revision === key.revision - 1;
        await nextTurn();
        if (!isNext) return 'changed';
        store.keys.set(key.id, key);
        return 'replaced';
      },
    })),
  ],
  [
    'K4',
    'adds a key that is not stored',
    repository((sound, store) => ({
      async replace(key) {
        if (store.keys.has(key.id)) return sound.replace(key);
        store.keys.set(key.id, key);
        return 'replaced';
      },
    })),
  ],
  [
    'K5',
    'returns no keys during an outage',
    repository((sound) => ({ findAll: () => sound.findAll().catch(() => []) })),
  ],
];

const generator =
  (overrides: (sound: SequentialSecrets) => Partial<SequentialSecrets>) =>
  async (): Promise<SecretGeneratorSubject> => ({
    async open() {
      const sound = new SequentialSecrets();
      return { nextId: () => sound.nextId(), nextSecret: (id) => sound.nextSecret(id), ...overrides(sound) };
    },
    close: async () => undefined,
  });

export const brokenSecretGenerators: Broken<SecretGeneratorSubject> = [
  [
    'G1',
    'makes short secrets',
    generator(() => ({ nextSecret: (id) => ({ text: KeyId.secretText(id, 'short'), digest: '' }) })),
  ],
  ['G2', 'makes the same ids and secrets in each process', generator(() => ({}))],
  [
    'G3',
    'returns the digest of another secret',
    generator((sound) => ({
      nextSecret: (id) => ({ ...sound.nextSecret(id), digest: sound.nextSecret(id).digest }),
    })),
  ],
];

import { AccessKey, type KeyRepository, maxAccessKeys, type Timestamp } from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

export class MemoryKeyRepository implements KeyRepository {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async findAll(): Promise<readonly AccessKey[]> {
    this.#store.assertReachable();
    return [...this.#store.keys.values()];
  }

  async add(key: AccessKey, now: Timestamp): Promise<'added' | 'exists' | 'too-many'> {
    this.#store.assertReachable();
    const { keys } = this.#store;
    if (keys.has(key.id)) return 'exists';
    if (keys.size >= maxAccessKeys) {
      const firstEnded = AccessKey.firstEnded([...keys.values()], now);
      if (firstEnded === undefined) return 'too-many';
      keys.delete(firstEnded.id);
    }
    keys.set(key.id, key);
    return 'added';
  }

  async replace(key: AccessKey): Promise<'replaced' | 'changed'> {
    this.#store.assertReachable();
    if (this.#store.keys.get(key.id)?.revision !== key.revision - 1) return 'changed';
    this.#store.keys.set(key.id, key);
    return 'replaced';
  }
}

import { AccessKey, type KeyRepository, maxAccessKeys, type Timestamp } from '@user-activity/domain';
import { MongoServerError } from 'mongodb';
import { keyDocument, accessKeyFromDocument } from './key-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { duplicateKey } from './refused-inserts.ts';
import { translateErrors } from './translate-errors.ts';

export class MongoKeyRepository implements KeyRepository {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  findAll(): Promise<readonly AccessKey[]> {
    return translateErrors(() => this.#read());
  }

  add(key: AccessKey, now: Timestamp): Promise<'added' | 'exists' | 'too-many'> {
    const { keys, timeoutMs: maxTimeMS } = this.#store;
    return translateErrors(async () => {
      const count = await keys.countDocuments({}, { limit: maxAccessKeys, maxTimeMS });
      if (count >= maxAccessKeys) {
        const stored = await this.#read();
        if (stored.some(({ id }) => id === key.id)) return 'exists';
        if (!(await this.#removeFirstEnded(stored, now))) return 'too-many';
      }
      try {
        await keys.insertOne(keyDocument(key), { maxTimeMS });
        return 'added';
      } catch (error) {
        if (error instanceof MongoServerError && error.code === duplicateKey) return 'exists';
        throw error;
      }
    });
  }

  replace(key: AccessKey): Promise<'replaced' | 'changed'> {
    const { keys, timeoutMs: maxTimeMS } = this.#store;
    const { _id, ...fields } = keyDocument(key);
    // Sets the fields instead of replacing the document, because the document may have fields of a newer version.
    const removed = {
      ...(key.expiresAt === undefined ? { expiresAt: true as const } : {}),
      ...(key.revokedAt === undefined ? { revokedAt: true as const } : {}),
    };
    return translateErrors(async () => {
      const { matchedCount } = await keys.updateOne(
        { _id, revision: key.revision - 1 },
        { $set: fields, $unset: removed },
        { maxTimeMS },
      );
      return matchedCount === 1 ? 'replaced' : 'changed';
    });
  }

  async #read(): Promise<readonly AccessKey[]> {
    const { keys, timeoutMs: maxTimeMS } = this.#store;
    return (await keys.find({}, { maxTimeMS }).toArray()).flatMap(
      (document) => accessKeyFromDocument(document) ?? [],
    );
  }

  /** Removes the key that expired or was revoked first. Returns false if all keys are valid. */
  async #removeFirstEnded(stored: readonly AccessKey[], now: Timestamp): Promise<boolean> {
    const { keys, timeoutMs: maxTimeMS } = this.#store;
    const remaining = new Set(stored);
    for (;;) {
      const ended = AccessKey.firstEnded([...remaining], now);
      if (ended === undefined) return false;
      const { deletedCount } = await keys.deleteOne(
        { _id: ended.id, revision: ended.revision },
        { maxTimeMS },
      );
      if (deletedCount === 1) return true;
      // A concurrent call removed this key to add one of its own, so this call removes the next one.
      remaining.delete(ended);
    }
  }
}

import assert from 'node:assert/strict';
import {
  AccessKey,
  KeyId,
  KeyName,
  KeyProject,
  type KeyRepository,
  maxAccessKeys,
  Scope,
  WebOrigin,
} from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { at } from './letters.ts';
import { assertEachRejects } from './rejections.ts';

/** A store of API keys. */
export interface KeyRepositorySubject extends StoreSubject<KeyRepository> {}

const keyCases = casesWith(async (subject: KeyRepositorySubject) => [await subject.open(), subject] as const);

const idOf = (number: number): KeyId => KeyId.parse(number.toString(16).padStart(16, '0'));

const sampleKey = (number: number, change: Partial<AccessKey> = {}): AccessKey => ({
  id: idOf(number),
  name: KeyName.parse(`key ${number}`),
  project: KeyProject.parse('shop'),
  scopes: ['write'],
  origins: [],
  limits: {},
  secrets: [{ digest: number.toString(16).padStart(64, '0') }],
  createdAt: at(number),
  revision: 0,
  ...change,
});

const sorted = (keys: readonly AccessKey[]): readonly AccessKey[] =>
  keys.toSorted((left, right) => (left.id < right.id ? -1 : 1));

/** Adds valid keys until the repository has the maximum number of keys. */
async function fill(keys: KeyRepository): Promise<void> {
  const stored = (await keys.findAll()).length;
  const numbers = Array.from({ length: maxAccessKeys - stored }, (_, index) => 10_000 + index);
  for (let from = 0; from < numbers.length; from += 50)
    await Promise.all(
      numbers.slice(from, from + 50).map(async (number) => {
        assert.equal(await keys.add(sampleKey(number), at(0)), 'added');
      }),
    );
}

/** The promises of every `KeyRepository`, by the numbers in its doc comment. */
export const keyRepositoryContract = keyCases({
  K1: {
    async 'a new handle returns every field of every key'(keys, subject) {
      const all = [
        sampleKey(1),
        sampleKey(2, { project: KeyProject.operator, scopes: Scope.all, expiresAt: at(5000) }),
        sampleKey(3, { name: KeyName.parse('a "name" of 𝒳, $set'), revokedAt: at(0), revision: 7 }),
        sampleKey(4, {
          origins: [WebOrigin.parse('https://shop.example'), WebOrigin.parse('http://localhost:3000')],
          limits: { itemsPerSecond: 5, searchMsPerSecond: Number.MAX_SAFE_INTEGER },
        }),
        sampleKey(5, { secrets: [{ digest: 'b'.repeat(64) }, { digest: 'c'.repeat(64), expiresAt: at(9) }] }),
      ];
      assert.deepEqual(await keys.findAll(), []);
      for (const key of all) assert.equal(await keys.add(key, at(0)), 'added');
      assert.deepEqual(sorted(await (await subject.open()).findAll()), all);
    },
    async 'a new handle returns a replaced key with its new values, and all other keys unchanged'(
      keys,
      subject,
    ) {
      for (const number of [1, 2]) await keys.add(sampleKey(number, { expiresAt: at(99) }), at(0));
      const { expiresAt: _, ...rotated } = AccessKey.rotated(sampleKey(1), 'd'.repeat(64), at(50));
      assert.equal(await keys.replace(rotated), 'replaced');
      assert.deepEqual(sorted(await (await subject.open()).findAll()), [
        rotated,
        sampleKey(2, { expiresAt: at(99) }),
      ]);
      const revoked = AccessKey.revoked(rotated, at(60));
      assert.equal(await keys.replace(revoked), 'replaced');
      assert.deepEqual(sorted(await keys.findAll())[0], revoked);
    },
  },
  K2: {
    async 'adding a key with a known id is refused, even if several handles add it at once'(keys, subject) {
      assert.equal(await keys.add(sampleKey(1), at(0)), 'added');
      assert.equal(await keys.add(sampleKey(1, { name: KeyName.parse('another') }), at(0)), 'exists');
      assert.deepEqual(await keys.findAll(), [sampleKey(1)]);
      const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
      const outcomes = await Promise.all(
        handles.map((handle, index) => handle.add(sampleKey(2, { createdAt: at(index) }), at(0))),
      );
      assert.equal(outcomes.filter((outcome) => outcome === 'added').length, 1);
      assert.equal((await keys.findAll()).length, 2);
    },
  },
  K3: {
    async 'adding a key beyond the maximum removes the key that ended first, and never a valid key'(keys) {
      // A key that is revoked and has an expiry ends at the earlier of both times.
      await keys.add(sampleKey(1, { revokedAt: at(40), expiresAt: at(2000), revision: 1 }), at(0));
      await keys.add(sampleKey(2, { revokedAt: at(60), expiresAt: at(30), revision: 1 }), at(0));
      await keys.add(sampleKey(3, { expiresAt: at(1000) }), at(0));
      await fill(keys);
      const present = async () => {
        const ids = new Set((await keys.findAll()).map(({ id }) => id));
        assert.equal(ids.size, maxAccessKeys);
        return [1, 2, 3, 4, 5, 6].filter((number) => ids.has(idOf(number)));
      };
      assert.equal(await keys.add(sampleKey(4), at(100)), 'added');
      assert.deepEqual(await present(), [1, 3, 4]);
      assert.equal(await keys.add(sampleKey(5), at(100)), 'added');
      assert.deepEqual(await present(), [3, 4, 5]);
      assert.equal(await keys.add(sampleKey(6), at(100)), 'too-many');
      assert.equal(await keys.add(sampleKey(6), at(999)), 'too-many');
      assert.deepEqual(await present(), [3, 4, 5]);
      assert.equal(await keys.add(sampleKey(6), at(1000)), 'added');
      assert.deepEqual(await present(), [4, 5, 6]);
    },
  },
  K4: {
    async 'exactly one of many concurrent changes of a key succeeds'(keys, subject) {
      await keys.add(sampleKey(1), at(0));
      const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
      const changes = handles.map((_, index) =>
        AccessKey.rotated(sampleKey(1), String(index).repeat(64), at(index)),
      );
      const outcomes = await Promise.all(
        handles.map((handle, index) => handle.replace(changes[index] ?? sampleKey(1))),
      );
      const winners = changes.filter((_, index) => outcomes[index] === 'replaced');
      assert.equal(winners.length, 1, outcomes.join());
      assert.deepEqual(await keys.findAll(), winners);
    },
    async '`replace` changes nothing if the stored key has another revision, or if there is none'(keys) {
      await keys.add(sampleKey(1, { revision: 3 }), at(0));
      for (const revision of [2, 3, 5])
        assert.equal(await keys.replace(sampleKey(1, { revision, scopes: ['read'] })), 'changed');
      assert.equal(await keys.replace(sampleKey(2, { revision: 1 })), 'changed');
      assert.deepEqual(await keys.findAll(), [sampleKey(1, { revision: 3 })]);
    },
  },
  K5: {
    async 'calls reject while the store is unreachable, and work again afterwards'(keys, subject) {
      await keys.add(sampleKey(1), at(0));
      const everyCall = [
        () => keys.findAll(),
        () => keys.add(sampleKey(2), at(0)),
        () => keys.replace(AccessKey.revoked(sampleKey(1), at(1))),
      ];
      const restore = await subject.interrupt();
      await assertEachRejects(everyCall, 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      for (const call of everyCall) await call();
    },
  },
});

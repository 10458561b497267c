import {
  FixedClock,
  MemoryKeyRepository,
  MemoryStore,
  SequentialSecrets,
} from '@user-activity/adapter-memory';
import {
  type AccessKey,
  type Clock,
  KeyId,
  KeyName,
  KeyProject,
  type KeyRepository,
  Scope,
} from '@user-activity/domain';
import { KeyTable } from '../src/access/key-table.ts';

/** The `graceMs` of the key tables. */
export const graceMs = 3_600_000;

/** A store with keys, and the key table of one process. `time.ms` is the clock that never jumps. */
export function keySetUp() {
  const [store, clock, time] = [new MemoryStore(), new FixedClock(), { ms: 0 }];
  const keys: KeyRepository = new MemoryKeyRepository(store);
  const keyTable = tableOf(clock, time);
  return { store, clock, time, keys, keyTable, secrets: new SequentialSecrets() };
}

/** Makes the key table of another process. */
export const tableOf = (clock: Clock, time: { readonly ms: number }): KeyTable =>
  new KeyTable({ clock, now: () => time.ms, graceMs });

const idOf = (number: number): KeyId => KeyId.parse(number.toString(16).padStart(16, '0'));

/** The digest of the secret of a key that `accessKey` made. */
export const digestOf = (number: number): string => number.toString(16).padStart(64, '0');

/** Makes a valid key of the project `shop`. */
export const accessKey = (number: number, clock: Clock, change: Partial<AccessKey> = {}): AccessKey => ({
  id: idOf(number),
  name: KeyName.parse(`key ${number}`),
  project: KeyProject.parse('shop'),
  scopes: Scope.parseList(['write', 'read']),
  origins: [],
  limits: {},
  secrets: [{ digest: digestOf(number) }],
  createdAt: clock.now(),
  revision: 0,
  ...change,
});

import {
  type AccessKey,
  KeyId,
  KeyName,
  KeyProject,
  type KeyRepository,
  Principal,
  Scope,
} from '@user-activity/domain';
import {
  type KeyDraft,
  makeCreateKey,
  makeFindKeys,
  makeRevokeKey,
  makeRotateKey,
} from '../src/access/manage-keys.ts';
import { keySetUp } from './access-keys.ts';
import { unaudited } from './unaudited.ts';

export const [shop, blog] = [KeyProject.parse('shop'), KeyProject.parse('blog')] as const;
export const minute = 60_000;

export const adminOf = (project: KeyProject): Principal => ({
  actor: KeyId.parse('f'.repeat(16)),
  project,
  scopes: ['admin'],
  origins: [],
});

export const draftOf = (change: Partial<KeyDraft> = {}): KeyDraft => ({
  name: KeyName.parse('till'),
  project: shop,
  scopes: Scope.parseList(['write']),
  origins: [],
  limits: {},
  expiresAt: undefined,
  ...change,
});

/** The use cases of one process. `change` replaces methods of its repository. */
export function managedKeys(change: (sound: KeyRepository) => Partial<KeyRepository> = () => ({})) {
  const base = keySetUp();
  const sound = base.keys;
  const keys: KeyRepository = {
    findAll: () => sound.findAll(),
    add: (key, now) => sound.add(key, now),
    replace: (key) => sound.replace(key),
    ...change(sound),
  };
  const deps = { ...base, keys, audit: unaudited };
  const stored = (): readonly AccessKey[] => [...base.store.keys.values()];
  const create = makeCreateKey(deps);
  /** Creates a key as an operator. */
  async function created(draft: Partial<KeyDraft> = {}) {
    const result = await create(Principal.root, draftOf(draft));
    if (result === 'forbidden') throw new Error('An operator may act in every project.');
    return result;
  }
  const stateOf = (key: AccessKey, secret = 0) =>
    base.keyTable.authenticate(key.secrets[secret]?.digest ?? '', 'write');
  return {
    ...deps,
    sound,
    stored,
    create,
    created,
    stateOf,
    find: makeFindKeys(deps),
    revoke: makeRevokeKey(deps),
    rotate: makeRotateKey(deps),
  };
}

/** Rotates a key as an operator. */
export async function rotated(
  { rotate }: Pick<ReturnType<typeof managedKeys>, 'rotate'>,
  { id }: AccessKey,
  overlapMs = minute,
) {
  const result = await rotate(Principal.root, id, overlapMs, undefined);
  if (typeof result === 'string') throw new Error(`The key is ${result}.`);
  return result;
}

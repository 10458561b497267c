import { unlessBroken } from '../shared/violation.ts';
import { KeyId } from './key-id.ts';

/** Who acts: the id of an API key, `root` for a key from the configuration, or `anonymous` if the deployment needs no key. */
export type Actor = KeyId | 'root' | 'anonymous';

export const Actor = {
  /** Returns whether a value has the form of an actor. */
  is: (raw: unknown): raw is Actor =>
    raw === 'root' || raw === 'anonymous' || unlessBroken(() => KeyId.parse(raw)) !== undefined,
};

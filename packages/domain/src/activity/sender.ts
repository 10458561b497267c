import type { KeyId } from '../access/key-id.ts';
import type { ProjectId } from './project-id.ts';

/** Where new activities come from, and the project to which they belong. */
export interface Sender {
  readonly project: ProjectId;
  /** The public key with which they came. Then their ids are those of `PublicId`. Absent for every other sender. */
  readonly publicKey?: KeyId | undefined;
}

import type { KeyId } from '../access/key-id.ts';
import type { ProjectId } from './project-id.ts';

/** The sender of new activities, and the project to which the activities belong. */
export interface Sender {
  readonly project: ProjectId;
  /** The public key of the sender. Then the activities get ids of `PublicId`. Absent if the sender has no public key. */
  readonly publicKey?: KeyId | undefined;
}

import type { KeyId } from '../access/key-id.ts';
import type { ProjectId } from './project-id.ts';

/** The sender of new activities, and the project to which the activities belong. */
export interface Sender {
  readonly project: ProjectId;
  /** The public key of the sender. If there is one, `PublicId` makes the ids of the activities. */
  readonly publicKey?: KeyId | undefined;
}

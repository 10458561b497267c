import { hash } from 'node:crypto';
import { ActivityId, type IdGenerator } from '@user-activity/domain';

/** Generates the ids `id-000001`, `id-000002` and so on, which tests can predict. */
export class SequentialIds implements IdGenerator {
  #made = 0;

  next(): ActivityId {
    this.#made += 1;
    return ActivityId.parse(`id-${String(this.#made).padStart(6, '0')}`);
  }

  sha256(text: string): string {
    return hash('sha256', text, 'base64url');
  }
}

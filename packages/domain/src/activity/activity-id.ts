import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** Names one activity; it is also its idempotency key. 1-128 printable ASCII characters without space. */
export type ActivityId = Brand<string, 'ActivityId'>;

const printable = /^[\x21-\x7e]{1,128}$/;
const onlyDots = /^\.+$/;

export const ActivityId = {
  /** Takes an id as a client gives it. Throws RuleBroken. */
  parse(raw: unknown): ActivityId {
    if (typeof raw !== 'string') throw new RuleBroken('must be a string');
    if (!printable.test(raw)) throw new RuleBroken('must be 1-128 printable ASCII characters without space');
    if (onlyDots.test(raw)) throw new RuleBroken('must not be only dots');
    return raw as ActivityId;
  },
  /** Takes an id back from a store that was given it by us. */
  trusted: (raw: string): ActivityId => raw as ActivityId,
};

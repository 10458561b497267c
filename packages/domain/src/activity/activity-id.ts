import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The id of an activity. It is also the idempotency key. 1-128 printable ASCII characters without spaces, not only dots. */
export type ActivityId = Brand<string, 'ActivityId'>;

const maxLength = 128;
const printable = new RegExp(`^[\\x21-\\x7e]{1,${maxLength}}$`);
const onlyDots = /^\.+$/;

export const ActivityId = {
  /** The maximum number of characters: 128. */
  maxLength: maxLength as number,
  /** Parses an id from a client. Throws RuleBroken if it breaks a rule. */
  parse(raw: unknown): ActivityId {
    if (typeof raw !== 'string') throw new RuleBroken('must be a string');
    if (!printable.test(raw))
      throw new RuleBroken(`must be 1-${maxLength} printable ASCII characters without space`);
    if (onlyDots.test(raw)) throw new RuleBroken('must not be only dots');
    return raw as ActivityId;
  },
  /** Converts a string from our own store to an id, without validation. */
  trusted: (raw: string): ActivityId => raw as ActivityId,
};

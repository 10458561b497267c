import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/**
 * The id of one log. A topic of Kafka that was deleted and created again under the same name is a new log with a new id. So is each new
 * file of the embedded log. 1-64 characters of `A-Z`, `a-z`, `0-9` and `-`.
 */
export type LogId = Brand<string, 'LogId'>;

const pattern = /^[A-Za-z0-9-]{1,64}$/;

export const LogId = {
  /** Throws RuleBroken if the id breaks a rule. */
  parse(raw: string): LogId {
    if (!pattern.test(raw)) throw new RuleBroken('must be 1-64 characters of A-Z, a-z, 0-9 and "-"');
    return LogId.trusted(raw);
  },
  /** Converts a string from our own store to an id, without validation. */
  trusted: (raw: string): LogId => raw as LogId,
};

import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/**
 * Names one log for ever. A topic that was deleted and made again under the same name is another log, and so is another file.
 * 1-64 of `A-Z a-z 0-9 -`.
 */
export type LogId = Brand<string, 'LogId'>;

const pattern = /^[A-Za-z0-9-]{1,64}$/;

export const LogId = {
  /** Throws RuleBroken if the id breaks a rule. */
  parse(raw: string): LogId {
    if (!pattern.test(raw)) throw new RuleBroken('must be 1-64 characters of A-Z, a-z, 0-9 and "-"');
    return LogId.trusted(raw);
  },
  /** Takes an id from our own store, without checks. */
  trusted: (raw: string): LogId => raw as LogId,
};

import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The number of days for which activities are kept after their `createdAt`: a whole number from 1 to 36,500. */
export type RetentionDays = Brand<number, 'RetentionDays'>;

const min = 1;
const max = 36_500;
const dayMs = 24 * 60 * 60 * 1000;

export const RetentionDays = {
  /** The minimum: 1. */
  min: min as number,
  /** The maximum: 36,500, which is a hundred years. */
  max: max as number,
  /** Parses the retention of a project. Throws RuleBroken if it is not a whole number from 1 to 36,500. */
  parse(raw: unknown): RetentionDays {
    if (typeof raw !== 'number' || !Number.isInteger(raw) || raw < min || raw > max)
      throw new RuleBroken(
        `must be a whole number from ${min} to ${max}, or null for the retention of the deployment`,
      );
    return raw as RetentionDays;
  },
  /** Converts a number from our own store or configuration to days, without validation. */
  trusted: (raw: number): RetentionDays => raw as RetentionDays,
  /** Returns the retention that applies to a project: the shorter one of its own and the deployment's, or undefined if there is neither. */
  effective(
    own: RetentionDays | undefined,
    deployment: RetentionDays | undefined,
  ): RetentionDays | undefined {
    if (own === undefined || deployment === undefined) return own ?? deployment;
    return own < deployment ? own : deployment;
  },
  /** Returns the start of the retention in milliseconds since 1970. Activities from before that time are too old. */
  startOf: (days: RetentionDays, now: number): number => now - days * dayMs,
  /** Returns the retention as text, such as `30 days`. */
  text: (days: RetentionDays): string => (days === 1 ? '1 day' : `${days} days`),
};

import type { MetadataCondition } from '@user-activity/domain';
import type { Span } from './branches.ts';
import type { Whose } from './shapes.ts';
import type { Timed } from './turns.ts';

/** Rows between two places (both exclusive). */
export type Between = Pick<Span, 'above' | 'below'>;

/** Which activities are counted. */
export interface CountQuestion extends Whose, Between, Timed {
  /** Empty: whatever their metadata. */
  readonly metadata: readonly MetadataCondition[];
}

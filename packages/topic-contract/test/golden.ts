import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  activityLogged,
  type ActivityJson,
  erasureRequested,
  type LogEvent,
  type Origin,
  parseJson,
  UserActivity,
  UserErasure,
} from '@user-activity/domain';
import type { MessageContext, TopicMessage } from '../src/index.ts';

/** A message in a file, with which consumers in other languages can be tested. */
export interface GoldenMessage {
  readonly name: string;
  /** The event: the JSON of an activity or of an erasure. */
  readonly activity?: ActivityJson;
  readonly erasure?: object;
  readonly context: MessageContext;
  /** For a replayed record, the origin of the original record. The timestamp is that of the replay. */
  readonly replayOf?: Origin;
  readonly message: Omit<TopicMessage, 'timestamp'> & Partial<Pick<TopicMessage, 'timestamp'>>;
  readonly partitionOf12: number;
}

const folder = join(import.meta.dirname, '..', 'golden');

export const golden: readonly GoldenMessage[] = globSync('*.json', { cwd: folder })
  .toSorted()
  .map((file) => ({
    name: file,
    ...(parseJson(readFileSync(join(folder, file), 'utf8')) as unknown as Omit<GoldenMessage, 'name'>),
  }));

/** Returns the event of a golden message. */
export const eventOf = ({ activity, erasure }: GoldenMessage): LogEvent =>
  activity === undefined
    ? erasureRequested(UserErasure.parse(erasure))
    : activityLogged(UserActivity.parse(activity));

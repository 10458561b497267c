import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { Origin } from './log-record.ts';
import { QualifiedTopic } from './qualified-topic.ts';

/**
 * The id of a dead letter. It is the origin of its record as text: `topic:partition:offset` on the first log of a topic, and
 * `topic@log:partition:offset` on each later one. No two dead letters have the same origin.
 */
export type DeadLetterId = Brand<string, 'DeadLetterId'>;

// The topic is a name that Kafka allows, and the log is a `LogId`. Numbers have no leading zeros, so that each letter has only one id.
const pattern = /^([A-Za-z0-9._-]{1,249}(?:@[A-Za-z0-9-]{1,64})?):(0|[1-9]\d{0,9}):(0|[1-9]\d{0,15})$/;
const maxPartition = 2 ** 31 - 1;

export const DeadLetterId = {
  /** Parses an id from a client. Throws RuleBroken if it is malformed. */
  parse(raw: unknown): DeadLetterId {
    if (typeof raw !== 'string') throw new RuleBroken('must be a string');
    if (originIn(raw) === undefined)
      throw new RuleBroken('must be the id of a dead letter: its topic, partition and offset, joined by ":"');
    return raw as DeadLetterId;
  },
  /** Returns the id of the dead letter with this origin. */
  of: (origin: Origin): DeadLetterId =>
    `${QualifiedTopic.of(origin)}:${origin.partition}:${origin.offset}` as DeadLetterId,
  /** Returns the origin of the dead letter with this id. */
  originOf(id: DeadLetterId): Origin {
    const origin = originIn(id);
    if (origin === undefined) throw new Error('The id of a dead letter is malformed: it was never parsed.');
    return origin;
  },
};

function originIn(id: string): Origin | undefined {
  const [, topic, partitionText, offsetText] = pattern.exec(id) ?? [];
  if (topic === undefined) return undefined;
  const [partition, offset] = [Number(partitionText), Number(offsetText)];
  return partition <= maxPartition && Number.isSafeInteger(offset)
    ? { ...QualifiedTopic.parts(topic), partition, offset }
    : undefined;
}

import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';
import type { Origin } from './log-record.ts';

/** Names one dead letter by where it lay on the log: `topic:partition:offset`. One origin, one letter. */
export type DeadLetterId = Brand<string, 'DeadLetterId'>;

// Names of topics are what Kafka allows; numbers have one spelling, so that a letter has one name.
const pattern = /^([A-Za-z0-9._-]{1,249}):(0|[1-9]\d{0,9}):(0|[1-9]\d{0,15})$/;
const mostPartition = 2 ** 31 - 1;

export const DeadLetterId = {
  /** Takes an id as a client gives it; says no by `RuleBroken`. */
  parse(raw: unknown): DeadLetterId {
    if (typeof raw !== 'string') throw new RuleBroken('must be a string');
    if (originIn(raw) === undefined)
      throw new RuleBroken('must be the id of a dead letter: its topic, partition and offset, joined by ":"');
    return raw as DeadLetterId;
  },
  /** The id of the letter of that origin. */
  of: ({ topic, partition, offset }: Origin): DeadLetterId =>
    `${topic}:${partition}:${offset}` as DeadLetterId,
  /** The origin that the id names. */
  originOf(id: DeadLetterId): Origin {
    const origin = originIn(id);
    if (origin === undefined) throw new Error('An id of a dead letter was not parsed.');
    return origin;
  },
};

function originIn(id: string): Origin | undefined {
  const [, topic, partitionText, offsetText] = pattern.exec(id) ?? [];
  if (topic === undefined) return undefined;
  const [partition, offset] = [Number(partitionText), Number(offsetText)];
  return partition <= mostPartition && Number.isSafeInteger(offset)
    ? { topic, partition, offset }
    : undefined;
}

import { LogId } from './log-id.ts';
import type { Origin } from './log-record.ts';

/**
 * The topic and the log of an origin in one text: `topic` for the first log of the topic, and `topic@log` for each later one. The separator
 * is `@`, because Kafka does not allow it in the name of a topic.
 */
export const QualifiedTopic = {
  /** Joins the topic and the log of an origin. */
  of: ({ topic, log }: Pick<Origin, 'topic' | 'log'>): string =>
    log === undefined ? topic : `${topic}@${log}`,
  /** Splits a text that `of` made, without validation. */
  parts(text: string): Pick<Origin, 'topic' | 'log'> {
    const [topic = '', log] = text.split('@');
    return log === undefined ? { topic } : { topic, log: LogId.trusted(log) };
  },
};

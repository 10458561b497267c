import { FeedPosition, LogId, RuleBroken } from '@user-activity/domain';

// The version, the log, the partition whose turn it is, and the offset of each partition. All numbers are in base 36, because each event of
// a stream has a position. The id of a log has no underscore.
const pattern = /^1_([A-Za-z0-9-]{1,64})_([0-9a-z]{1,6})((?:_[0-9a-z]{1,11})*)$/;
const base = 36;

const textOf = (number: number): string => number.toString(base);

/** A position in the feed as text. All of its characters are unreserved in URLs (RFC 3986). It does not depend on a filter. */
export const FeedCursor = {
  text: ({ log, turn, offsets }: FeedPosition): string =>
    ['1', log, textOf(turn), ...offsets.map(textOf)].join('_'),
  /** A client can forge any position, but still gets only activities that match. Throws RuleBroken if the text is malformed. */
  parse(raw: string): FeedPosition {
    const [, log, turn = '', offsets = ''] = pattern.exec(raw) ?? [];
    const numbers = offsets
      .split('_')
      .slice(1)
      .map((text) => Number.parseInt(text, base));
    if (log === undefined || !numbers.every(Number.isSafeInteger))
      throw new RuleBroken(
        'is not a position of this service: take "nextCursor", or the id of an event, as it is',
      );
    return {
      ...FeedPosition.start(LogId.trusted(log)),
      offsets: numbers,
      turn: Number.parseInt(turn, base),
    };
  },
};

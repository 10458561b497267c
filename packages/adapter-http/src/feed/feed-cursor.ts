import { FeedPosition, LogId, RuleBroken } from '@user-activity/domain';

// The parts of the text are separated by `_`, which no id of a log contains: the version, the log, the partition whose turn it is, and the
// offset of each partition. Numbers are in base 36 to keep the text short, because each event of a stream has one.
const pattern = /^1_([A-Za-z0-9-]{1,64})_([0-9a-z]{1,6})((?:_[0-9a-z]{1,11})*)$/;
const base = 36;

const textOf = (number: number): string => number.toString(base);

/** Positions in the feed as text. A position is valid with any filter. Its characters need no encoding in URLs (RFC 3986, section 2.3). */
export const FeedCursor = {
  text: ({ log, turn, offsets }: FeedPosition): string =>
    ['1', log, textOf(turn), ...offsets.map(textOf)].join('_'),
  /** Throws RuleBroken if the text is malformed. A client can forge any position, but still gets only activities that match its filter. */
  parse(raw: string): FeedPosition {
    const [, log, turn = '', offsets = ''] = pattern.exec(raw) ?? [];
    const numbers = offsets
      .split('_')
      .slice(1)
      .map((text) => Number.parseInt(text, base));
    if (log === undefined || !numbers.every(Number.isSafeInteger))
      throw new RuleBroken(
        'is not a position of this service: send "nextCursor", or the id of an event, unchanged',
      );
    return {
      ...FeedPosition.start(LogId.trusted(log)),
      offsets: numbers,
      turn: Number.parseInt(turn, base),
    };
  },
};

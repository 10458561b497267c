import {
  DeadLetterCode,
  type DeadLetterFilter,
  DeadLetterId,
  type ListedLetter,
} from '@user-activity/domain';
import { deadLetterCodeSchema, toDeadLetterJson } from '../openapi/dead-letter-json.ts';
import { combinedReader, timeRangeReader, valuesReader } from './filter-reader.ts';
import type { PagedList } from './read-page.ts';

/** The list of dead letters, for `readPage`. */
export const deadLetterList: PagedList<
  Partial<Omit<DeadLetterFilter, 'project'>>,
  DeadLetterId,
  ListedLetter
> = {
  filter: combinedReader<Omit<DeadLetterFilter, 'project'>>({
    codes: valuesReader('code', deadLetterCodeSchema, DeadLetterCode, 'Only dead letters with these codes.'),
    diedAt: timeRangeReader('diedAt'),
  }),
  parseId: (raw) => DeadLetterId.parse(raw),
  positionOf: ({ diedAt, id }) => ({ moment: diedAt, id }),
  jsonOf: (deadLetter) => JSON.stringify(toDeadLetterJson(deadLetter)),
  toDigest: ({ code = [], from, to, ...newer }, order) => [['dead letters', code, from, to, order], newer],
};

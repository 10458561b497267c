import {
  DeadLetterCode,
  type DeadLetterFilter,
  DeadLetterId,
  type ListedLetter,
} from '@user-activity/domain';
import { DeadLetterCodeJson, deadLetterJson } from '../openapi/dead-letter-json.ts';
import { allOf, rangeOf, valuesOf } from './filter-reader.ts';
import type { PagedList } from './read-page.ts';

export const deadLetterList: PagedList<
  Partial<Omit<DeadLetterFilter, 'project'>>,
  DeadLetterId,
  ListedLetter
> = {
  filter: allOf<Omit<DeadLetterFilter, 'project'>>({
    codes: valuesOf('code', DeadLetterCodeJson, DeadLetterCode, 'Only dead letters with these codes.'),
    diedAt: rangeOf('diedAt'),
  }),
  parseId: (raw) => DeadLetterId.parse(raw),
  positionOf: ({ diedAt, id }) => ({ moment: diedAt, id }),
  jsonOf: (deadLetter) => JSON.stringify(deadLetterJson(deadLetter)),
  toDigest: ({ code = [], from, to, ...newer }, order) => [['dead letters', code, from, to, order], newer],
};

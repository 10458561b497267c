import {
  DeadLetterCode,
  type DeadLetterFilter,
  DeadLetterId,
  type ListedLetter,
} from '@user-activity/domain';
import { DeadLetterCodeJson, deadLetterJson } from '../openapi/dead-letter-json.ts';
import { allOf, rangeOf, valuesOf } from './filter-reader.ts';
import type { List } from './read-page.ts';

export const deadLetterList: List<Partial<DeadLetterFilter>, DeadLetterId, ListedLetter> = {
  filter: allOf<DeadLetterFilter>({
    codes: valuesOf('code', DeadLetterCodeJson, DeadLetterCode, 'Only dead letters with these codes.'),
    diedAt: rangeOf('diedAt'),
  }),
  parseId: (raw) => DeadLetterId.parse(raw),
  placeOf: ({ diedAt, id }) => ({ moment: diedAt, id }),
  jsonOf: (letter) => JSON.stringify(deadLetterJson(letter)),
  digested: ({ code = [], from, to, ...rest }, order) => [['dead letters', code, from, to, order], rest],
};

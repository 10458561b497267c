import { DeadLetterCode, type DeadLetterFilter, DeadLetterId } from '@user-activity/domain';
import { DeadLetterCodeJson } from '../openapi/dead-letter-json.ts';
import { allOf, rangeOf, valuesOf } from './filter-reader.ts';
import { given, type List } from './read-page.ts';

/** The list of dead letters. */
export const deadLetterList: List<Partial<DeadLetterFilter>, DeadLetterId> = {
  filter: allOf<DeadLetterFilter>({
    codes: valuesOf(
      { name: 'code', schema: DeadLetterCodeJson, parse: (raw) => DeadLetterCode.parse(raw) },
      'Only dead letters with these codes.',
    ),
    diedAt: rangeOf('diedAt'),
  }),
  parseId: (raw) => DeadLetterId.parse(raw),
  digested: ({ code = [], from, to, ...others }, order) => [
    'dead letters',
    code,
    from,
    to,
    order,
    ...given(others),
  ],
};

import { type TArray, type TString, type TUnsafe, Type } from '@sinclair/typebox';
import { several, timeParameters } from './paging.ts';
import { TypeText, UserIdText } from '../openapi/schemas.ts';

type Conditions = Readonly<Record<string, string>>;

/** Parameters whose names are free: OpenAPI writes the members of an object as parameters of their own (style `form`). */
const metadata: TUnsafe<Conditions> = Type.Unsafe<Conditions>({
  type: 'object',
  propertyNames: { pattern: '^metadata\\.' },
  // One value each, and no patternProperties: generators of clients know nothing else.
  additionalProperties: { type: 'string' },
  maxProperties: 10,
  description:
    'Parameters `metadata.<path>=value`, beside a `userId` or a `from`. The path is keys joined by `.`; a backslash makes the next ' +
    'character plain, so `metadata.a\\.b` is the key `a.b`. Arrays on the path are looked into. The value matches by its text: ' +
    '`5` the number and the string, `null` a null that is there. A name may come up to 20 times: one of its values must match.',
  examples: [{ 'metadata.device.os': 'ios' }],
});

/** The parameters of a filter of activities, for the documentation. */
export const filterParameters: {
  userId: TArray<TString>;
  type: TArray<TString>;
  from: TString;
  to: TString;
  metadata: TUnsafe<Conditions>;
} = {
  userId: several(UserIdText, 'Of these users.'),
  type: several(TypeText, 'Of these types, which are made canonical as when writing.'),
  ...timeParameters('createdAt'),
  metadata,
};

import type { DatabaseSync } from 'node:sqlite';
import { type JsonObject, MetadataCondition, parseJson } from '@user-activity/domain';

/** A condition of SQL that metadata stands the test that was set last. */
export const standsTheTest = 'stands_the_test(metadata)';

/** Sets the test that `standsTheTest` stands for. */
export type SetTest = (conditions: readonly MetadataCondition[]) => void;

/** Teaches a connection the test. A function within SQL is quicker than rows that come out of it to be tested. */
export function teachTest(db: DatabaseSync): SetTest {
  let stands: (metadata: string) => boolean = () => false;
  const [name = ''] = standsTheTest.split('(');
  db.function(name, { directOnly: true }, (metadata) => (stands(String(metadata)) ? 1 : 0));
  return (conditions) => {
    const tests = conditions.map((condition) => ({
      condition,
      texts: [...condition.scalars].map((scalar) => JSON.stringify(scalar)),
    }));
    stands = (metadata) => {
      // The file holds what JSON.stringify gave, so a scalar has one spelling: most metadata need not be parsed.
      if (!tests.every(({ texts }) => texts.some((text) => metadata.includes(text)))) return false;
      const parsed = parseJson(metadata) as JsonObject;
      return tests.every(({ condition }) => MetadataCondition.matches(condition, parsed));
    };
  };
}

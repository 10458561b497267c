import type { DatabaseSync } from 'node:sqlite';
import { type ActivityFilter, type JsonObject, MetadataCondition, parseJson } from '@user-activity/domain';

/** The conditions of a filter that no index serves. A filter that is added needs no other file of this package. */
export interface RowConditions {
  readonly metadata: readonly MetadataCondition[];
}

/** Returns the conditions that each row is tested for, or undefined if an index serves the whole filter. */
export const rowConditionsOf = ({ metadata }: ActivityFilter): RowConditions | undefined =>
  metadata.length > 0 ? { metadata } : undefined;

/** SQL condition: the row meets the conditions that were set last. */
export const rowMatches = 'row_matches(metadata)';

/** Sets the conditions that `rowMatches` tests. */
export type SetConditions = (conditions: RowConditions) => void;

/** Adds the function of `rowMatches` to a connection. It is faster than testing rows that a query returned. */
export function addRowMatches(db: DatabaseSync): SetConditions {
  let matches: (metadata: string) => boolean = () => false;
  const [name = ''] = rowMatches.split('(');
  db.function(name, { directOnly: true }, (metadata) => (matches(String(metadata)) ? 1 : 0));
  return (conditions) => {
    matches = metadataTest(conditions.metadata);
  };
}

function metadataTest(conditions: readonly MetadataCondition[]): (metadata: string) => boolean {
  const texts = conditions.map(({ scalars }) => [...scalars].map((scalar) => JSON.stringify(scalar)));
  return (metadata) => {
    // The file holds what JSON.stringify gave, so a scalar has one spelling: most metadata need not be parsed.
    if (!texts.every((spellings) => spellings.some((text) => metadata.includes(text)))) return false;
    const parsed = parseJson(metadata) as JsonObject;
    return conditions.every((condition) => MetadataCondition.matches(condition, parsed));
  };
}

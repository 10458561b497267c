import type { DatabaseSync } from 'node:sqlite';
import { type ActivityFilter, type JsonObject, MetadataCondition, parseJson } from '@user-activity/domain';

/** The conditions of a filter that no index serves. To add a condition of this kind, only this file of the package must change. */
export interface RowConditions {
  readonly metadata: readonly MetadataCondition[];
}

/** Returns the conditions of a filter that no index serves, or undefined if indexes serve the whole filter. */
export const rowConditionsOf = ({ metadata }: ActivityFilter): RowConditions | undefined =>
  metadata.length > 0 ? { metadata } : undefined;

/** SQL condition: the row meets the conditions that `SetConditions` has set last. */
export const rowMatches = 'row_matches(metadata)';

/** Sets the conditions that `rowMatches` tests on a connection. */
export type SetConditions = (conditions: RowConditions) => void;

/** Defines the SQL function `row_matches`. Testing rows in SQL is faster than testing the rows that a query has returned. */
export function defineRowMatches(db: DatabaseSync): SetConditions {
  let matches: (metadata: string) => boolean = () => false;
  db.function('row_matches', { directOnly: true }, (metadata) => (matches(String(metadata)) ? 1 : 0));
  return (conditions) => {
    matches = metadataPredicate(conditions.metadata);
  };
}

function metadataPredicate(conditions: readonly MetadataCondition[]): (metadata: string) => boolean {
  const texts = conditions.map(({ scalars }) => [...scalars].map((scalar) => JSON.stringify(scalar)));
  return (metadata) => {
    // Stored metadata is the output of JSON.stringify, so a text search rules out most rows.
    if (!texts.every((spellings) => spellings.some((text) => metadata.includes(text)))) return false;
    const parsed = parseJson(metadata) as JsonObject;
    return conditions.every((condition) => MetadataCondition.matches(condition, parsed));
  };
}

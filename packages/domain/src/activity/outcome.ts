/**
 * The outcomes of handling a record of the log, which usually holds one activity. Clients and dashboards rely on these names.
 *  - `stored`         the activity is new, and is now stored;
 *  - `redelivered`    the log delivered the record again, after its activity had been stored;
 *  - `duplicate`      a client sent the activity again: an equal one with the same id is stored already;
 *  - `conflict`       a different activity with the same id is stored already; this record became a dead letter;
 *  - `erased`         the project or the user was erased after the service had received the activity. The activity was not stored, or was
 *                     stored without its user. A record that requests an erasure has this outcome too;
 *  - `dead_lettered`  the record can't be read or stored, and became a dead letter.
 */
export const recordOutcomes = [
  'stored',
  'redelivered',
  'duplicate',
  'conflict',
  'erased',
  'dead_lettered',
] as const;

/** The outcome of one record of the log; see `recordOutcomes`. */
export type RecordOutcome = (typeof recordOutcomes)[number];

/** The outcome of an activity as its sender sees it: `accepted` as long as it is not known. A `redelivered` record counts as `stored`. */
export type ActivityOutcome = 'accepted' | Exclude<RecordOutcome, 'redelivered'>;

/** What is known about the activity with an id. It is `unknown` if it is not stored and no dead letter has its id. */
export type ActivityStatus = Extract<RecordOutcome, 'stored' | 'dead_lettered'> | 'unknown';

/** Returns a count of 0 for each outcome. */
export const emptyTally = (): Record<RecordOutcome, number> =>
  Object.fromEntries(recordOutcomes.map((outcome) => [outcome, 0])) as Record<RecordOutcome, number>;

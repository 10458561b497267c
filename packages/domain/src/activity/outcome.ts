/**
 * The outcomes of a record of the log. Clients and dashboards rely on these names.
 *  - `stored`         its activity is new, and stored now;
 *  - `redelivered`    the log delivered the record again, after its activity was stored;
 *  - `duplicate`      the same fact is stored already under its id;
 *  - `conflict`       a different fact is stored under its id; this one is a dead letter;
 *  - `erased`         its project or its user was erased after the service received it, or it is the request for that; it is not stored, or stored without its user;
 *  - `dead_lettered`  it can't be read or stored, and is a dead letter.
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

/** The outcome of an activity as its sender sees it: `accepted` until more is known, and `stored` also for `redelivered`. */
export type ActivityOutcome = 'accepted' | Exclude<RecordOutcome, 'redelivered'>;

/** The status of an id. It is `unknown` if nothing is stored under it and no dead letter names it. */
export type ActivityStatus = Extract<RecordOutcome, 'stored' | 'dead_lettered'> | 'unknown';

/** Returns a count of 0 for each outcome. */
export const emptyTally = (): Record<RecordOutcome, number> =>
  Object.fromEntries(recordOutcomes.map((outcome) => [outcome, 0])) as Record<RecordOutcome, number>;

import type { Evidence, LoggedRecord } from './evidence.ts';
import { type Facts, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

/** A fact, its first record on the log, and its times on the clock of `performance.now()`. */
interface LoggedFact {
  readonly nonce: string;
  readonly id: string;
  readonly record: LoggedRecord;
  /** The time of the first request with the fact. */
  sentAt: number;
  /** The time of the first response 202 to such a request. */
  answeredAt: number;
}

/** Finds facts of a user that are on the log in another order than they were answered, or in the store in another order than on the log. */
export function swapped(evidence: Evidence, facts: Facts): Violation[] {
  const violations: Violation[] = [];
  const first = loggedFacts(evidence, facts);
  for (const [user, placed] of byUser(first.values())) {
    if (new Set(placed.map(({ record }) => record.partition)).size > 1)
      violations.push({
        kind: 'swapped',
        subject: user,
        detail: 'the facts of the user are on several partitions',
      });
    violations.push(...againstResponses(placed));
  }
  violations.push(...withinBatches(evidence, first));
  const written = evidence.written.flatMap((id) => {
    const placed = first.get(nonceOf(facts.stored.get(id)) ?? '');
    return placed === undefined ? [] : [placed];
  });
  for (const placed of byUser(written).values()) violations.push(...outOfOrder(placed, 'stored before'));
  return violations;
}

function loggedFacts({ exchanges }: Evidence, facts: Facts): Map<string, LoggedFact> {
  const first = new Map<string, LoggedFact>();
  for (const [nonce, [record]] of facts.records)
    if (record?.activity !== undefined)
      first.set(nonce, {
        nonce,
        id: record.activity.id,
        record,
        sentAt: Number.POSITIVE_INFINITY,
        answeredAt: Number.POSITIVE_INFINITY,
      });
  for (const { drafts, sentAt, response } of exchanges) {
    for (const { metadata } of drafts) {
      const placed = first.get(metadata.nonce);
      if (placed === undefined) continue;
      placed.sentAt = Math.min(placed.sentAt, sentAt);
      if (response?.status === 202) placed.answeredAt = Math.min(placed.answeredAt, response.at);
    }
  }
  return first;
}

/** Finds facts of a user that were answered before another fact was sent, but follow this other fact on the log. */
function againstResponses(placed: readonly LoggedFact[]): Violation[] {
  const violations: Violation[] = [];
  let latest: LoggedFact | undefined;
  for (const fact of placed.toSorted((a, b) => a.record.offset - b.record.offset)) {
    if (latest !== undefined && fact.answeredAt < latest.sentAt)
      violations.push(swap(fact, latest, 'answered before the request of'));
    if (latest === undefined || fact.sentAt > latest.sentAt) latest = fact;
  }
  return violations;
}

/**
 * Finds facts of a user that are on the log in another order than in their batch. Ignores facts that were sent before the batch too: the
 * log may have them since then.
 */
function withinBatches({ exchanges }: Evidence, first: ReadonlyMap<string, LoggedFact>): Violation[] {
  const violations: Violation[] = [];
  for (const { drafts, sentAt } of exchanges) {
    if (drafts.length === 1) continue;
    const own = drafts.flatMap(({ metadata }) => {
      const placed = first.get(metadata.nonce);
      return placed !== undefined && placed.sentAt === sentAt ? [placed] : [];
    });
    for (const placed of byUser(own).values()) violations.push(...outOfOrder(placed, 'in a batch before'));
  }
  return violations;
}

/** Finds facts that follow the next fact of the list on the log. */
const outOfOrder = (placed: readonly LoggedFact[], how: string): Violation[] =>
  placed.flatMap((fact, index) => {
    const next = placed[index + 1];
    return next !== undefined && next.record.offset < fact.record.offset ? [swap(fact, next, how)] : [];
  });

const swap = ({ id, record }: LoggedFact, counterpart: LoggedFact, how: string): Violation => ({
  kind: 'swapped',
  subject: id,
  detail: `at offset ${record.offset} of partition ${record.partition}, although ${how} ${counterpart.id} at offset ${counterpart.record.offset}`,
});

const byUser = (placed: Iterable<LoggedFact>): Map<string, LoggedFact[]> =>
  Map.groupBy(placed, ({ record }) => record.activity?.userId ?? '');

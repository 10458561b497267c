import type { Evidence, LoggedRecord } from './evidence.ts';
import { append, type Facts, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

/** A fact of a user by its first place on the log. */
interface Placed {
  readonly nonce: string;
  readonly id: string;
  readonly record: LoggedRecord;
  sentAt: number;
  /** When it was first answered 202. */
  answeredAt: number;
}

/** Whose order on the log is not that of the answers, and what was stored in another order than that of the log. */
export function swapped(evidence: Evidence, facts: Facts): Violation[] {
  const violations: Violation[] = [];
  const first = firstPlaces(evidence, facts);
  for (const [user, placed] of byUser(first.values())) {
    if (new Set(placed.map(({ record }) => record.partition)).size > 1)
      violations.push({ kind: 'swapped', subject: user, detail: 'one user on several partitions' });
    violations.push(...againstAnswers(placed));
  }
  violations.push(...withinBatches(evidence, first));
  const written = evidence.written.flatMap((id) => {
    const placed = first.get(nonceOf(facts.stored.get(id)) ?? '');
    return placed === undefined ? [] : [placed];
  });
  for (const placed of byUser(written).values()) violations.push(...falling(placed, 'stored before'));
  return violations;
}

function firstPlaces({ exchanges }: Evidence, facts: Facts): Map<string, Placed> {
  const first = new Map<string, Placed>();
  for (const [nonce, [record]] of facts.records)
    if (record?.activity !== undefined)
      first.set(nonce, {
        nonce,
        id: record.activity.id,
        record,
        sentAt: Number.POSITIVE_INFINITY,
        answeredAt: Number.POSITIVE_INFINITY,
      });
  for (const { drafts, sentAt, answer } of exchanges) {
    for (const { metadata } of drafts) {
      const placed = first.get(metadata.nonce);
      if (placed === undefined) continue;
      placed.sentAt = Math.min(placed.sentAt, sentAt);
      if (answer?.status === 202) placed.answeredAt = Math.min(placed.answeredAt, answer.at);
    }
  }
  return first;
}

/** Along the log: nothing may have been answered before something was sent that lies before it. */
function againstAnswers(placed: readonly Placed[]): Violation[] {
  const violations: Violation[] = [];
  let latest: Placed | undefined;
  for (const one of placed.toSorted((a, b) => a.record.offset - b.record.offset)) {
    if (latest !== undefined && one.answeredAt < latest.sentAt)
      violations.push(swap(one, latest, 'answered before it was sent, and on the log behind'));
    if (latest === undefined || one.sentAt > latest.sentAt) latest = one;
  }
  return violations;
}

/** What a batch says of a user must be on the log in the order of the batch, where nothing of it was sent before. */
function withinBatches({ exchanges }: Evidence, first: ReadonlyMap<string, Placed>): Violation[] {
  const violations: Violation[] = [];
  for (const { drafts, sentAt } of exchanges) {
    if (drafts.length === 1) continue;
    const own = drafts.flatMap(({ metadata }) => {
      const placed = first.get(metadata.nonce);
      return placed !== undefined && placed.sentAt === sentAt ? [placed] : [];
    });
    for (const placed of byUser(own).values()) violations.push(...falling(placed, 'before it in a batch'));
  }
  return violations;
}

/** Neighbours whose places on the log do not rise. */
const falling = (placed: readonly Placed[], how: string): Violation[] =>
  placed.flatMap((one, index) => {
    const next = placed[index + 1];
    return next !== undefined && next.record.offset < one.record.offset ? [swap(one, next, how)] : [];
  });

const swap = (one: Placed, other: Placed, how: string): Violation => ({
  kind: 'swapped',
  subject: one.id,
  detail: `at offset ${one.record.offset} of partition ${one.record.partition}, ${how} ${other.id} at ${other.record.offset}`,
});

function byUser(placed: Iterable<Placed>): Map<string, Placed[]> {
  const users = new Map<string, Placed[]>();
  for (const one of placed) append(users, one.record.activity?.userId ?? '', one);
  return users;
}

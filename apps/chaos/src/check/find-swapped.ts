import type { Exchange } from '../load/ledger.ts';
import type { Evidence, LoggedRecord } from './evidence.ts';
import { type FactIndex, nonceOf } from './fact-index.ts';
import type { Violation } from './violation.ts';

/** A fact, its first record on the log, and the times of its requests and responses. Times are values of `performance.now()`. */
interface LoggedFact {
  readonly id: string;
  readonly record: LoggedRecord;
  /** When a client first sent the fact. */
  sentAt: number;
  /** When a request with the fact was first answered 202. Infinity if that never happened. */
  answeredAt: number;
}

/**
 * Finds facts of a user in a wrong order. The order on the log must agree with the responses and the batches, and the order in the store must
 * agree with the log. Also finds users whose facts are on several partitions.
 */
export function findSwapped(evidence: Evidence, facts: FactIndex): Violation[] {
  const violations: Violation[] = [];
  const byNonce = loggedFactsByNonce(evidence, facts);
  for (const [user, logged] of groupByUser(byNonce.values())) {
    if (new Set(logged.map(({ record }) => record.partition)).size > 1)
      violations.push({
        kind: 'swapped',
        subject: user,
        detail: 'the facts of the user are on several partitions',
      });
    violations.push(...findSwappedAgainstResponses(logged));
  }
  violations.push(...findSwappedInBatches(evidence, byNonce));
  const written = evidence.written.flatMap((id) => {
    const logged = byNonce.get(nonceOf(facts.stored.get(id)) ?? '');
    return logged === undefined ? [] : [logged];
  });
  for (const logged of groupByUser(written).values())
    violations.push(...findOutOfOrder(logged, 'stored before'));
  return violations;
}

function loggedFactsByNonce({ exchanges }: Evidence, facts: FactIndex): Map<string, LoggedFact> {
  const byNonce = new Map<string, LoggedFact>();
  for (const [nonce, [record]] of facts.records)
    if (record?.activity !== undefined)
      byNonce.set(nonce, {
        id: record.activity.id,
        record,
        sentAt: Number.POSITIVE_INFINITY,
        answeredAt: Number.POSITIVE_INFINITY,
      });
  for (const { drafts, sentAt, response } of exchanges) {
    for (const { metadata } of drafts) {
      const logged = byNonce.get(metadata.nonce);
      if (logged === undefined) continue;
      logged.sentAt = Math.min(logged.sentAt, sentAt);
      if (response?.status === 202) logged.answeredAt = Math.min(logged.answeredAt, response.at);
    }
  }
  return byNonce;
}

/** Finds facts of a user that were answered 202 before another fact was sent, but have a higher offset than that fact. */
function findSwappedAgainstResponses(logged: readonly LoggedFact[]): Violation[] {
  const violations: Violation[] = [];
  let latest: LoggedFact | undefined;
  for (const fact of logged.toSorted((a, b) => a.record.offset - b.record.offset)) {
    if (latest !== undefined && fact.answeredAt < latest.sentAt)
      violations.push(swapViolation(fact, latest, 'answered before the request of'));
    if (latest === undefined || fact.sentAt > latest.sentAt) latest = fact;
  }
  return violations;
}

/**
 * Finds facts of a user whose order on the log differs from their order in a batch. Ignores two kinds of facts: those that were already sent
 * before the batch, and those that were also sent in another request before the batch was answered 202. Both may be on the log earlier.
 */
function findSwappedInBatches(
  { exchanges }: Evidence,
  byNonce: ReadonlyMap<string, LoggedFact>,
): Violation[] {
  const violations: Violation[] = [];
  const requests = exchanges.map((exchange) => ({ exchange, nonces: noncesOf(exchange) }));
  const retries = Map.groupBy(requests, ({ nonces }) => nonces);
  const withFact = Map.groupBy(
    requests.flatMap((request) =>
      request.exchange.drafts.map(({ metadata: { nonce } }) => ({ ...request, nonce })),
    ),
    ({ nonce }) => nonce,
  );
  for (const { exchange, nonces } of requests) {
    const { drafts, sentAt } = exchange;
    if (drafts.length === 1) continue;
    const answeredAt = firstAcceptedAt((retries.get(nonces) ?? []).map((retry) => retry.exchange));
    const inOrder = drafts.flatMap(({ metadata: { nonce } }) => {
      const logged = byNonce.get(nonce);
      const mayOvertake = withFact
        .get(nonce)
        ?.some((request) => request.nonces !== nonces && request.exchange.sentAt < answeredAt);
      return logged?.sentAt === sentAt && mayOvertake !== true ? [logged] : [];
    });
    for (const logged of groupByUser(inOrder).values())
      violations.push(...findOutOfOrder(logged, 'in a batch before'));
  }
  return violations;
}

/** Returns the nonces of a request as text. A request and its retries have the same text. */
const noncesOf = ({ drafts }: Exchange): string => drafts.map(({ metadata }) => metadata.nonce).join();

/** Returns the time of the first response 202, or infinity if there is no such response. */
const firstAcceptedAt = (exchanges: readonly Exchange[]): number =>
  Math.min(
    ...exchanges.map(({ response }) => (response?.status === 202 ? response.at : Number.POSITIVE_INFINITY)),
  );

/** Returns a violation for each fact that has a higher offset than the next fact of the list. `how` says why it should be lower. */
const findOutOfOrder = (logged: readonly LoggedFact[], how: string): Violation[] =>
  logged.flatMap((fact, index) => {
    const next = logged[index + 1];
    return next !== undefined && next.record.offset < fact.record.offset
      ? [swapViolation(fact, next, how)]
      : [];
  });

const swapViolation = ({ id, record }: LoggedFact, counterpart: LoggedFact, how: string): Violation => ({
  kind: 'swapped',
  subject: id,
  detail: `its offset ${record.offset} in partition ${record.partition} is higher than the offset ${counterpart.record.offset} of ${counterpart.id}, but it was ${how} ${counterpart.id}`,
});

const groupByUser = (logged: Iterable<LoggedFact>): Map<string, LoggedFact[]> =>
  Map.groupBy(logged, ({ record }) => record.activity?.userId ?? '');

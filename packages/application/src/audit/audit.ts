import {
  AuditEvent,
  type Clock,
  DomainError,
  type IdGenerator,
  isDomainError,
  type JsonObject,
  maxOutboxEntries,
  maxOutboxEntriesOfProjects,
  type Outbox,
  Principal,
  Timestamp,
} from '@user-activity/domain';

/** The event of a change that a principal makes. */
export interface ChangeEvent extends Omit<AuditEvent, 'actor'> {
  readonly principal: Principal;
}

/**
 * Makes a change, and has the log record it. The event is in the outbox before the change begins, so no change happens without an event. Its
 * `outcome` in the metadata is `done`, with the details that `detailsOf` returns. It is `unknown` if the change throws, or if the process
 * ends meanwhile. If `detailsOf` returns 'unchanged', there is no event.
 * Throws LOG_BUSY if the outbox is full, which is sooner for keys of projects than for operators, and STORE_UNAVAILABLE and STORE_TIMEOUT;
 * then nothing was changed.
 */
export type Audit = <Result>(
  event: ChangeEvent,
  change: () => Promise<Result>,
  detailsOf: (result: Result) => JsonObject | 'unchanged',
) => Promise<Result>;

interface AuditDeps {
  readonly outbox: Pick<Outbox, 'add' | 'settle' | 'withdraw'>;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  /** The maximum duration of a change, in milliseconds. After that, its outcome counts as unknown. */
  readonly maxChangeMs: number;
}

export const makeAudit =
  ({ outbox, clock, ids, maxChangeMs }: AuditDeps): Audit =>
  async ({ type, principal, details: common }, change, detailsOf) => {
    const context = { id: ids.next(), now: clock.now() };
    const activityWith = (details: JsonObject) =>
      AuditEvent.activity({ type, actor: principal.actor, details: { ...common, ...details } }, context);
    const dueAt = Timestamp.trusted(context.now + maxChangeMs);
    const max = Principal.isOperator(principal) ? maxOutboxEntries : maxOutboxEntriesOfProjects;
    if ((await outbox.add(activityWith({ outcome: 'unknown' }), dueAt, max)) === 'full')
      throw outboxFull(max);
    let result: Awaited<ReturnType<typeof change>>;
    try {
      result = await change();
    } catch (error) {
      const reason = isDomainError(error) ? { error: error.code } : {};
      await unlessUnavailable(() => outbox.settle(activityWith({ ...reason, outcome: 'unknown' })));
      throw error;
    }
    const details = detailsOf(result);
    await unlessUnavailable(() =>
      details === 'unchanged'
        ? outbox.withdraw(context.id)
        : outbox.settle(activityWith({ ...details, outcome: 'done' })),
    );
    return result;
  };

/** Does the work. If the store is unavailable, the entry stays as it is, and becomes ready later with an unknown outcome. */
async function unlessUnavailable(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDomainError(error)) throw error;
  }
}

const outboxFull = (max: number): DomainError =>
  new DomainError(
    'LOG_BUSY',
    `Nothing was changed: ${max} audit events wait for the log, which is the maximum. Send the request again when the log ` +
      'takes events.',
  );

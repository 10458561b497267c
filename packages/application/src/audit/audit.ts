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

/** The audit event of a change, with the principal who makes the change. */
export interface ChangeEvent extends Omit<AuditEvent, 'actor'> {
  readonly principal: Principal;
}

/**
 * Makes a change, and logs an audit event for it. The event is in the outbox before the change begins, so no change happens without an event.
 * After the change, the event gets the outcome `done` and the details that `detailsOf` returns. If `detailsOf` returns 'unchanged', the event
 * is withdrawn. If the change throws, or if the process ends meanwhile, the outcome is `unknown`.
 * Rejects with LOG_BUSY before the change if the outbox is full. Operators may add more events to the outbox than keys of projects may.
 * Rejects with STORE_UNAVAILABLE or STORE_TIMEOUT if the event can't be added. Then nothing was changed. Otherwise throws as `change` does.
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
  /** The maximum duration of a change, in milliseconds. After this time without an outcome, the event is logged as `unknown`. */
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
      await ignoringOutages(() => outbox.settle(activityWith({ ...reason, outcome: 'unknown' })));
      throw error;
    }
    const details = detailsOf(result);
    await ignoringOutages(() =>
      details === 'unchanged'
        ? outbox.withdraw(context.id)
        : outbox.settle(activityWith({ ...details, outcome: 'done' })),
    );
    return result;
  };

/** Does the work, and ignores errors of the store. The outbox entry then stays, and is later logged with the outcome `unknown`. */
async function ignoringOutages(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDomainError(error)) throw error;
  }
}

const outboxFull = (max: number): DomainError =>
  new DomainError(
    'LOG_BUSY',
    `Nothing was changed: ${max} audit events are waiting for the log, which is the maximum. Send the request again when the ` +
      'log is available.',
  );

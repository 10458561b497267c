import { type ActivityId, type Outbox, parseJson, type Timestamp, UserActivity } from '@user-activity/domain';
import { changeStore } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const options = { timeoutMs: 10_000 };

/** Keeps audit events in the data file until they are on the log, which is in the same file. */
export class SqliteOutbox implements Outbox {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  add(activity: UserActivity, dueAt: Timestamp, max: number): Promise<'added' | 'full'> {
    const row = { ...outboxRow(activity), dueAt, max };
    return changeStore(async () =>
      (await this.#database.writer.submit('addToOutbox', row, options)) ? 'added' : 'full',
    );
  }

  settle(activity: UserActivity): Promise<'settled' | 'late'> {
    return changeStore(async () =>
      (await this.#database.writer.submit('settleInOutbox', outboxRow(activity), options))
        ? 'settled'
        : 'late',
    );
  }

  withdraw(id: ActivityId): Promise<void> {
    return changeStore(() => this.#database.writer.submit('withdrawFromOutbox', id, options));
  }

  findReady(now: Timestamp, limit: number): Promise<readonly UserActivity[]> {
    return changeStore(async () => {
      const texts = await this.#database.writer.submit('readyInOutbox', { now, limit }, options);
      return texts.map((text) => UserActivity.parse(parseJson(text)));
    });
  }

  remove(ids: readonly ActivityId[]): Promise<void> {
    return changeStore(() => this.#database.writer.submit('removeFromOutbox', ids, options));
  }
}

const outboxRow = (activity: UserActivity) => ({
  id: activity.id,
  activity: activity.toText(),
  receivedAt: activity.receivedAt,
});

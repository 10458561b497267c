import {
  type ActivityId,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  keepsOut,
  type LetterSweep,
  listedBytes,
  maxPageBytes,
  type ReplayClaim,
  type SweepLimits,
  Timestamp,
} from '@user-activity/domain';
import { storeSilent, storeUnavailable } from './failure.ts';
import { letterOf, listedOf } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { spanOf } from '../protocol/branches.ts';

/** How a repository behaves. */
export interface SqliteDeadLetterRepositoryOptions {
  /** A question that is not answered by then is rejected with STORE_TIMEOUT. 10,000 where not given. */
  readonly queryTimeoutMs?: number;
}

/** Shows the dead letters in the file, and takes them away again. */
export class SqliteDeadLetterRepository implements DeadLetterRepository {
  readonly #database: SqliteDatabase;
  readonly #timeoutMs: number;

  constructor(database: SqliteDatabase, options: SqliteDeadLetterRepositoryOptions = {}) {
    this.#database = database;
    this.#timeoutMs = options.queryTimeoutMs ?? 10_000;
  }

  async find({ filter, order, limit, after }: DeadLetterQuery): Promise<DeadLetterPage> {
    const span = spanOf(filter.diedAt, after && [after.diedAt, after.id], order, limit);
    const codes = [...new Set(filter.codes)];
    const question = { ...span, maxBytes: maxPageBytes, codes, shown: listedBytes };
    const timeoutMs = this.#timeoutMs;
    try {
      const rows = await this.#database.queries.submit('letters', question, { timeoutMs });
      return DeadLetterPage.of(rows.map(listedOf), limit);
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async findByIds(ids: readonly DeadLetterId[], mostBytes: number): Promise<readonly DeadLetter[]> {
    const origins = [...new Set(ids)].map((id) => {
      const { topic, partition, offset } = DeadLetterId.originOf(id);
      return [topic, partition, offset] as const;
    });
    const timeoutMs = this.#timeoutMs;
    try {
      const wanted = { origins, mostBytes };
      const rows = await this.#database.queries.submit('wholeLetters', wanted, { timeoutMs });
      return rows.map(letterOf);
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async findLatestLetters(ids: readonly ActivityId[]): Promise<readonly LatestLetter[]> {
    const activities = [...new Set(ids)];
    const timeoutMs = this.#timeoutMs;
    try {
      const moments = await this.#database.queries.submit('deaths', activities, { timeoutMs });
      return activities.flatMap((activityId, index) => {
        const moment = moments[index] ?? null;
        return moment === null ? [] : [{ activityId, diedAt: Timestamp.trusted(moment) }];
      });
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void> {
    const removals = letters.map(
      ({ origin, diedAt }) => [origin.topic, origin.partition, origin.offset, diedAt] as const,
    );
    const options = { timeoutMs: this.#timeoutMs, weight: removals.length };
    try {
      await this.#database.writer.submit('exhume', removals, options);
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async sweep(limits: SweepLimits): Promise<LetterSweep> {
    const options = { timeoutMs: this.#timeoutMs, weight: limits.limit };
    try {
      return await this.#database.writer.submit('sweep', limits, options);
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async claimReplay(claim: ReplayClaim): Promise<'claimed' | 'taken'> {
    this.#assertOpen();
    const until = this.#database.replayClaimedUntil;
    if (until !== undefined && keepsOut(until, claim)) return 'taken';
    this.#database.replayClaimedUntil = claim.until;
    return 'claimed';
  }

  async releaseReplay({ until }: ReplayClaim): Promise<void> {
    this.#assertOpen();
    if (this.#database.replayClaimedUntil === until) this.#database.replayClaimedUntil = undefined;
  }

  #assertOpen(): void {
    try {
      this.#database.writer.assertAlive();
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

import {
  type ActivityId,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  isClaimBlocked,
  type LetterSweep,
  listedBytes,
  maxPageBytes,
  type ReplayClaim,
  type SweepLimits,
  Timestamp,
} from '@user-activity/domain';
import { askStore, changeStore } from './failure.ts';
import { letterOf, listedOf } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { spanOf } from '../protocol/branches.ts';

/** The time limit of a repository. */
export interface SqliteDeadLetterRepositoryOptions {
  /** A query that is not answered in this time is rejected with STORE_TIMEOUT. Default: 10,000. */
  readonly queryTimeoutMs?: number;
}

/** Lists and removes the dead letters in the file. */
export class SqliteDeadLetterRepository implements DeadLetterRepository {
  readonly #database: SqliteDatabase;
  readonly #limits: { readonly timeoutMs: number };

  constructor(database: SqliteDatabase, options: SqliteDeadLetterRepositoryOptions = {}) {
    this.#database = database;
    this.#limits = { timeoutMs: options.queryTimeoutMs ?? 10_000 };
  }

  find({ filter, order, limit, after }: DeadLetterQuery): Promise<DeadLetterPage> {
    const span = spanOf(filter.diedAt, after && [after.diedAt, after.id], order, limit);
    const codes = [...new Set(filter.codes)];
    const question = { ...span, maxBytes: maxPageBytes, codes, shown: listedBytes };
    return askStore(async () => {
      const rows = await this.#database.queries.submit('letters', question, this.#limits);
      return DeadLetterPage.of(rows.map(listedOf), limit);
    });
  }

  findByIds(ids: readonly DeadLetterId[], maxBytes: number): Promise<readonly DeadLetter[]> {
    const origins = [...new Set(ids)].map((id) => {
      const { topic, partition, offset } = DeadLetterId.originOf(id);
      return [topic, partition, offset] as const;
    });
    return askStore(async () => {
      const rows = await this.#database.queries.submit('wholeLetters', { origins, maxBytes }, this.#limits);
      return rows.map(letterOf);
    });
  }

  findLatestLetters(ids: readonly ActivityId[]): Promise<readonly LatestLetter[]> {
    const activities = [...new Set(ids)];
    return askStore(async () => {
      const moments = await this.#database.queries.submit('latestLetterTimes', activities, this.#limits);
      return activities.flatMap((activityId, index) => {
        const moment = moments[index] ?? null;
        return moment === null ? [] : [{ activityId, diedAt: Timestamp.trusted(moment) }];
      });
    });
  }

  async remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void> {
    const removals = letters.map(
      ({ origin, diedAt }) => [origin.topic, origin.partition, origin.offset, diedAt] as const,
    );
    const options = { ...this.#limits, weight: removals.length };
    await changeStore(() => this.#database.writer.submit('removeLetters', removals, options));
  }

  sweep(limits: SweepLimits): Promise<LetterSweep> {
    const options = { ...this.#limits, weight: limits.limit };
    return changeStore(() => this.#database.writer.submit('sweep', limits, options));
  }

  claimReplay(claim: ReplayClaim): Promise<'claimed' | 'taken'> {
    return changeStore(() => {
      this.#database.writer.assertAlive();
      const until = this.#database.replayClaimedUntil;
      if (until !== undefined && isClaimBlocked(until, claim)) return 'taken';
      this.#database.replayClaimedUntil = claim.until;
      return 'claimed';
    });
  }

  releaseReplay({ until }: ReplayClaim): Promise<void> {
    return changeStore(() => {
      this.#database.writer.assertAlive();
      if (this.#database.replayClaimedUntil === until) this.#database.replayClaimedUntil = undefined;
    });
  }
}

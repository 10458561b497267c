import {
  type ActivityKey,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  dueLetters,
  type LetterSweep,
  type ProjectId,
  type Claim,
  type SweepLimits,
} from '@user-activity/domain';
import { claimWork, releaseWork } from './claims.ts';
import { deadLetterFromDocument } from './dead-letter-document.ts';
import { readLatestLetters } from './latest-letters.ts';
import { idsThatFit, readDeadLetters } from './read-dead-letters.ts';
import type { MongoStore } from './mongo-store.ts';
import { edgeBytes, oldestOfEdge, oldestOfLog, sweptLetter } from './sweep-dead-letters.ts';
import { translateErrors } from './translate-errors.ts';
import { turns } from './turns.ts';

const replayClaimId = 'replay';

export class MongoDeadLetterRepository implements DeadLetterRepository {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  find(query: DeadLetterQuery): Promise<DeadLetterPage> {
    return translateErrors(async () =>
      DeadLetterPage.of(await readDeadLetters(this.#store, query), query.limit),
    );
  }

  findByIds(
    project: ProjectId,
    ids: readonly DeadLetterId[],
    maxBytes: number,
  ): Promise<readonly DeadLetter[]> {
    return translateErrors(async () => {
      for (;;) {
        const fitting = await idsThatFit(this.#store, project, ids, maxBytes);
        if (fitting.length === 0) return [];
        const letters = await this.#lettersById(project, fitting);
        // If none is left, all of these letters were removed or got another project meanwhile. The next round tries the remaining ids.
        if (letters.size > 0) return fitting.flatMap((id) => letters.get(id) ?? []);
      }
    });
  }

  findLatestLetters(keys: readonly ActivityKey[]): Promise<readonly LatestLetter[]> {
    return translateErrors(() => readLatestLetters(this.#store, keys));
  }

  remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void> {
    return translateErrors(() =>
      this.#remove(letters.map(({ origin, diedAt }) => ({ id: DeadLetterId.of(origin), diedAt }))),
    );
  }

  sweep(limits: SweepLimits): Promise<LetterSweep> {
    const { limit, logBefore } = limits;
    return translateErrors(async () => {
      const bytes = await edgeBytes(this.#store);
      const oldest = (await oldestOfEdge(this.#store, limit).toArray()).map(sweptLetter);
      const { due, ...sweep } = dueLetters(oldest, bytes, limits);
      const expiredOfLog =
        logBefore === undefined || due.length === limit
          ? []
          : await oldestOfLog(this.#store, new Date(logBefore), limit - due.length).toArray();
      await this.#remove([...due, ...expiredOfLog.map(sweptLetter)]);
      return { ...sweep, expired: sweep.expired + expiredOfLog.length };
    });
  }

  claimReplay(claim: Claim): Promise<'claimed' | 'taken'> {
    return translateErrors(() => claimWork(this.#store, replayClaimId, claim));
  }

  releaseReplay(claim: Claim): Promise<void> {
    return translateErrors(() => releaseWork(this.#store, replayClaimId, claim));
  }

  async #lettersById(project: ProjectId, ids: readonly string[]): Promise<ReadonlyMap<string, DeadLetter>> {
    const { deadLetters, timeoutMs } = this.#store;
    const letters = new Map<string, DeadLetter>();
    const turn = turns.begin();
    const options = { hint: { _id: 1 }, maxTimeMS: timeoutMs };
    for await (const document of deadLetters.find({ _id: { $in: [...ids] }, project }, options)) {
      letters.set(document._id, deadLetterFromDocument(document));
      // Checks the time for each letter, because decoding many headers takes longer than their bytes suggest.
      if (turn.isOver) await turn.next();
    }
    return letters;
  }

  async #remove(letters: readonly { readonly id: string; readonly diedAt: number }[]): Promise<void> {
    if (letters.length === 0) return;
    const removals = letters.map(({ id, diedAt }) => ({
      deleteOne: { filter: { _id: id, diedAt: new Date(diedAt) } },
    }));
    await this.#store.deadLetters.bulkWrite(removals, { ordered: false });
  }
}

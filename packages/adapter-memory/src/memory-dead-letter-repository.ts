import {
  type ActivityKey,
  ActivityKeyText,
  countedBytes,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  dueLetters,
  isOfEdge,
  type LatestLetter,
  type LetterSweep,
  listedBytes,
  type ListedLetter,
  type ProjectId,
  type RecordPart,
  type Claim,
  type SweepLimits,
} from '@user-activity/domain';
import { claimWork, releaseWork } from './claims.ts';
import { itemsAfter } from './items-after.ts';
import { MemoryStore } from './memory-store.ts';

/** Keeps dead letters in a map, and sorts them at each query. */
export class MemoryDeadLetterRepository implements DeadLetterRepository {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async find({ filter, order, limit, after }: DeadLetterQuery): Promise<DeadLetterPage> {
    this.#store.assertReachable();
    const matches = [...this.#store.letters.values()]
      .filter(({ project }) => project === filter.project)
      .filter(({ code }) => filter.codes.length === 0 || filter.codes.includes(code))
      .filter(({ diedAt }) => filter.diedAt.holds(diedAt))
      .map(listedLetter);
    return DeadLetterPage.of(itemsAfter(matches, 'diedAt', order, after), limit);
  }

  async findByIds(
    project: ProjectId,
    ids: readonly DeadLetterId[],
    maxBytes: number,
  ): Promise<readonly DeadLetter[]> {
    this.#store.assertReachable();
    const fitting: DeadLetter[] = [];
    let bytes = 0;
    for (const id of new Set(ids)) {
      const letter = this.#store.letters.get(id);
      if (letter?.project !== project) continue;
      bytes += bytesOf(letter, 'key') + bytesOf(letter, 'value') + bytesOf(letter, 'headers');
      if (bytes > maxBytes && fitting.length > 0) break;
      fitting.push(letter);
    }
    return fitting;
  }

  async findLatestLetters(keys: readonly ActivityKey[]): Promise<readonly LatestLetter[]> {
    this.#store.assertReachable();
    const wanted = new Set(keys.map(ActivityKeyText.of));
    const latest = new Map<ActivityKeyText, LatestLetter>();
    for (const { project, activityId: id, diedAt } of this.#store.letters.values()) {
      if (id === undefined) continue;
      const key = ActivityKeyText.of({ project, id });
      if (!wanted.has(key)) continue;
      const previous = latest.get(key);
      if (previous === undefined || previous.diedAt < diedAt) latest.set(key, { project, id, diedAt });
    }
    return [...latest.values()];
  }

  async remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void> {
    this.#store.assertReachable();
    for (const { origin, diedAt } of letters) {
      const id = DeadLetterId.of(origin);
      if (this.#store.letters.get(id)?.diedAt === diedAt) this.#store.letters.delete(id);
    }
  }

  async sweep(limits: SweepLimits): Promise<LetterSweep> {
    this.#store.assertReachable();
    const oldest = itemsAfter([...this.#store.letters.values()].map(sweptLetter), 'diedAt', 'asc');
    const ofEdge = oldest.filter(({ origin }) => isOfEdge(origin));
    const bytes = ofEdge.reduce((sum, letter) => sum + letter.bytes, 0);
    const { due, ...sweep } = dueLetters(ofEdge.slice(0, limits.limit), bytes, limits);
    const { logBefore = 0 } = limits;
    const ofLog = oldest
      .filter(({ origin, diedAt }) => !isOfEdge(origin) && diedAt < logBefore)
      .slice(0, limits.limit - due.length);
    for (const { id } of [...due, ...ofLog]) this.#store.letters.delete(id);
    return { ...sweep, expired: sweep.expired + ofLog.length };
  }

  async claimReplay(claim: Claim): Promise<'claimed' | 'taken'> {
    this.#store.assertReachable();
    return claimWork(this.#store, 'replay', claim);
  }

  async releaseReplay(claim: Claim): Promise<void> {
    this.#store.assertReachable();
    releaseWork(this.#store, 'replay', claim);
  }
}

function listedLetter(letter: DeadLetter): ListedLetter {
  const parts = ['key', 'value', 'headers'] as const;
  const omitted = parts.filter((part) => bytesOf(letter, part) > listedBytes[part]);
  const unlessOmitted = <Value>(part: RecordPart, value: Value, empty: Value): Value =>
    omitted.includes(part) ? empty : value;
  return {
    ...letter,
    id: DeadLetterId.of(letter.origin),
    key: unlessOmitted('key', letter.key, null),
    value: unlessOmitted('value', letter.value, null),
    headers: unlessOmitted('headers', letter.headers, {}),
    size: bytesOf(letter, 'value'),
    omitted,
  };
}

function sweptLetter(letter: DeadLetter) {
  const { origin, diedAt } = letter;
  return { origin, id: DeadLetterId.of(origin), diedAt, bytes: countedBytes(letter) };
}

function bytesOf(letter: DeadLetter, part: RecordPart): number {
  if (part !== 'headers') return letter[part]?.length ?? 0;
  let bytes = 0;
  for (const [name, values] of Object.entries(letter.headers))
    for (const value of values) bytes += Buffer.byteLength(name) + value.length;
  return bytes;
}

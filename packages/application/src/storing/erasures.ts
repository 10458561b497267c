import {
  DeadLetterId,
  decidingErasure,
  type ErasedRecord,
  type ErasedUserRecord,
  isCovered,
  isErased,
  type KeptErasure,
  LogId,
  type LogPosition,
  type LogRecord,
  type Placed,
  type ProjectId,
  projectsOfUser,
  type RecordedErasure,
  Timestamp,
} from '@user-activity/domain';
import { type ErasureDeps, findErasures } from '../projects/find-erasures.ts';
import { type UserErasureDeps, UserErasures } from '../users/user-erasures.ts';
import { type Anonymiser, anonymisedRecord } from './anonymised-record.ts';

export interface ErasureLookupDeps extends ErasureDeps, UserErasureDeps {
  readonly anonymiser: Anonymiser;
  /** The log of the records. */
  readonly log: LogId;
}

/** The erasures of the projects and users of some records. Decides which records may be stored, and what must be removed. */
export class Erasures {
  readonly #deps: ErasureLookupDeps;
  readonly #projects: ReadonlyMap<ProjectId, KeptErasure>;
  readonly #users: UserErasures<LogRecord>;
  /** The erasures of the user ids that replace the users of anonymised records. Undefined if no record is anonymised. */
  readonly #replacements: Erasures | undefined;

  private constructor(
    deps: ErasureLookupDeps,
    projects: readonly KeptErasure[],
    users: UserErasures<LogRecord>,
    replacements: Erasures | undefined,
  ) {
    this.#deps = deps;
    this.#projects = new Map(projects.map((erasure) => [erasure.project, erasure]));
    this.#users = users;
    this.#replacements = replacements;
  }

  /** Looks up the erasures. If `earlier` is a result for the same records, its digests of users are used again. */
  static async of(
    deps: ErasureLookupDeps,
    records: readonly LogRecord[],
    earlier?: Erasures,
  ): Promise<Erasures> {
    const names = new Set<ProjectId>();
    for (const { content } of records)
      if (content.name === 'ActivityLogged') names.add(content.activity.project);
    const [projects, users] = await Promise.all([
      findErasures(deps, names),
      UserErasures.of(deps, records, userOf, earlier === undefined ? undefined : earlier.#users),
    ]);
    const found = new Erasures(deps, projects, users, undefined);
    const anonymised = users.count === 0 ? [] : records.flatMap((record) => found.#anonymised(record) ?? []);
    if (anonymised.length === 0) return found;
    // A replacement may have been erased as a user, too. The recursion ends, because each step needs an erasure of another user id.
    return new Erasures(deps, projects, users, await Erasures.of(deps, anonymised));
  }

  get isEmpty(): boolean {
    return this.#projects.size + this.#users.count === 0;
  }

  /** Returns whether this has erasures that are not among the others. */
  hasErasuresMissingIn(others: Erasures): boolean {
    for (const { project, erasedAt } of this.#projects.values())
      if (others.#projects.get(project)?.erasedAt !== erasedAt) return true;
    // Erasures of users are never removed from the ledger, so a larger number means new ones.
    if (this.#users.count > others.#users.count) return true;
    if (this.#replacements === undefined) return false;
    return others.#replacements === undefined
      ? this.#replacements.#users.count > 0
      : this.#replacements.hasErasuresMissingIn(others.#replacements);
  }

  /** Returns the record as it may be stored, perhaps anonymised. Returns undefined if an erasure forbids storing it. */
  storableRecord(record: LogRecord): LogRecord | undefined {
    if (this.#projectErasure(record)?.isCovered === true) return undefined;
    const erasure = this.#decidingErasure(record);
    if (erasure === undefined) return record;
    const anonymised = this.#anonymised(record, erasure);
    return anonymised && this.#replacements?.storableRecord(anonymised);
  }

  /** Returns what to remove if the project of the record is erased: the stored activity with its id, and its dead letter. */
  removalsForProject(record: LogRecord): readonly ErasedRecord[] {
    const { content } = record;
    const found = this.#projectErasure(record);
    if (content.name !== 'ActivityLogged' || found === undefined) return [];
    const { project, id } = content.activity;
    const { erasing, erasedAt } = found.erasure;
    return erasing || found.isCovered ? [{ project, id, erasedAt, letterId: letterIdOf(record) }] : [];
  }

  /** Returns what to remove if the user of the record is erased: the stored activity with its id, even if it is anonymised already. */
  removalsForUser(record: LogRecord): readonly ErasedUserRecord[] {
    const { content } = record;
    if (content.name !== 'ActivityLogged') return [];
    const { project, id, userId } = content.activity;
    const placed = positionAndReceiptOf(record, this.#deps.log);
    const due = this.#userErasures(record)
      .filter((erasure) => erasure.isOpen || isCovered(placed, erasure))
      .map((erasure) => {
        const replacement =
          erasure.mode === 'anonymise' ? this.#deps.anonymiser.replace(project, userId) : undefined;
        return { project, id, userId, erasure, replacement };
      });
    const anonymised = this.#replacements && this.#anonymised(record);
    return anonymised ? [...due, ...this.#replacements.removalsForUser(anonymised)] : due;
  }

  /**
   * Returns the id of the record's dead letter if an erasure of its user covers the record or is under way. In the latter case, the record may
   * have died because of a conflict with an activity that is removed now. If it still can't be stored, it gets a new dead letter.
   */
  letterToRemove(record: LogRecord): readonly DeadLetterId[] {
    const placed = positionAndReceiptOf(record, this.#deps.log);
    const isDue = this.#userErasures(record).some((erasure) => erasure.isOpen || isCovered(placed, erasure));
    return isDue ? [letterIdOf(record)] : [];
  }

  #projectErasure({ content }: LogRecord) {
    if (content.name !== 'ActivityLogged') return undefined;
    const erasure = this.#projects.get(content.activity.project);
    return erasure && { erasure, isCovered: isErased(content.activity, erasure) };
  }

  /** Returns the erasure that decides what happens to the record, among those of its user. */
  #decidingErasure(record: LogRecord): RecordedErasure | undefined {
    return decidingErasure(this.#userErasures(record), positionAndReceiptOf(record, this.#deps.log));
  }

  /** Returns the anonymised record if the deciding erasure is an anonymisation, otherwise undefined. */
  #anonymised(record: LogRecord, deciding = this.#decidingErasure(record)): LogRecord | undefined {
    return deciding?.mode === 'anonymise' ? anonymisedRecord(record, this.#deps.anonymiser) : undefined;
  }

  /** Returns the erasures of the user of the record, in the project of the record. */
  #userErasures(record: LogRecord): readonly RecordedErasure[] {
    const { content } = record;
    if (content.name === 'ActivityLogged')
      return this.#users.of(record, (project) => project === content.activity.project);
    if (content.name === 'Unreadable')
      return this.#users.of(record, (project) => projectsOfUser(project).includes(content.project));
    return [];
  }
}

const letterIdOf = ({ replayOf, origin }: LogRecord): DeadLetterId => DeadLetterId.of(replayOf ?? origin);

/** Returns the user of an activity, or the key of a record that can't be read. */
function userOf(record: LogRecord): string | Uint8Array | null {
  const { content } = record;
  if (content.name === 'ActivityLogged') return content.activity.userId;
  return content.name === 'Unreadable' ? record.raw().key : null;
}

// An id that no log has.
const unknownLog = LogId.trusted('');

/** Returns the log position of the original of a record. A replayed record has an original on `log`, or on an older log of the topic. */
export function originalPosition({ origin, replayOf: first = origin }: LogRecord, log: LogId): LogPosition {
  const { partition, offset } = first;
  return { log: first.log === origin.log ? log : (first.log ?? unknownLog), partition, offset };
}

/**
 * Returns the position and the time of receipt of a record, which decide whether an erasure covers it. The time of receipt of an unreadable
 * record is not known. If its original is on an older log, it counts as older than all erasures. Otherwise it counts as newer than erasures
 * on other partitions and logs.
 */
function positionAndReceiptOf(record: LogRecord, log: LogId): Placed {
  const { content } = record;
  const origin = originalPosition(record, log);
  if (content.name === 'ActivityLogged') return { origin, receivedAt: content.activity.receivedAt };
  const isOlder = origin.log !== log;
  return {
    origin,
    receivedAt: Timestamp.trusted(isOlder ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY),
  };
}

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

/** The erasures of the projects and users of some records. */
export class Erasures {
  readonly #deps: ErasureLookupDeps;
  readonly #projects: ReadonlyMap<ProjectId, KeptErasure>;
  readonly #users: UserErasures<LogRecord>;
  /** The erasures of the replacements by which records are anonymised. Undefined if none is. */
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

  /** Looks the erasures up. An `earlier` result is that for the same records. */
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
    // Someone may have erased the user by the replacement. This ends, because each turn needs an erasure of another user.
    return new Erasures(deps, projects, users, await Erasures.of(deps, anonymised));
  }

  get isEmpty(): boolean {
    return this.#projects.size + this.#users.count === 0;
  }

  /** Returns whether there are erasures here that the others do not have. */
  hasOthersThan(others: Erasures): boolean {
    for (const { project, erasedAt } of this.#projects.values())
      if (others.#projects.get(project)?.erasedAt !== erasedAt) return true;
    // An erasure of a user is never forgotten.
    if (this.#users.count > others.#users.count) return true;
    if (this.#replacements === undefined) return false;
    return others.#replacements === undefined
      ? this.#replacements.#users.count > 0
      : this.#replacements.hasOthersThan(others.#replacements);
  }

  /** Returns the record as it may be stored, or undefined if an erasure covers it. */
  kept(record: LogRecord): LogRecord | undefined {
    if (this.#projectErasure(record)?.isCovered === true) return undefined;
    const erasure = this.#deciding(record);
    if (erasure === undefined) return record;
    const anonymised = this.#anonymised(record, erasure);
    return anonymised && this.#replacements?.kept(anonymised);
  }

  /** Returns what to remove if the project of the record is erased: the activity under its id, and its letter. */
  dueOfProject(record: LogRecord): readonly ErasedRecord[] {
    const { content } = record;
    const found = this.#projectErasure(record);
    if (content.name !== 'ActivityLogged' || found === undefined) return [];
    const { project, id } = content.activity;
    const { erasing, erasedAt } = found.erasure;
    return erasing || found.isCovered ? [{ project, id, erasedAt, letterId: letterIdOf(record) }] : [];
  }

  /** Returns what to remove if the user of the record is erased: the activity under its id, also if it is anonymised already. */
  dueOfUser(record: LogRecord): readonly ErasedUserRecord[] {
    const { content } = record;
    if (content.name !== 'ActivityLogged') return [];
    const { project, id, userId } = content.activity;
    const placed = placedOf(record, this.#deps.log);
    const due = this.#userErasures(record)
      .filter((erasure) => erasure.isOpen || isCovered(placed, erasure))
      .map((erasure) => {
        const replacement =
          erasure.mode === 'anonymise' ? this.#deps.anonymiser.replace(project, userId) : undefined;
        return { project, id, userId, erasure, replacement };
      });
    const anonymised = this.#replacements && this.#anonymised(record);
    return anonymised ? [...due, ...this.#replacements.dueOfUser(anonymised)] : due;
  }

  /**
   * Returns the id of the letter of the record if an erasure of its user covers it, or is under way. Then the letter may be of a conflict
   * with an activity that is removed. If the record still can't be stored, it gets its letter again.
   */
  dueLetter(record: LogRecord): readonly DeadLetterId[] {
    const placed = placedOf(record, this.#deps.log);
    const isDue = this.#userErasures(record).some((erasure) => erasure.isOpen || isCovered(placed, erasure));
    return isDue ? [letterIdOf(record)] : [];
  }

  #projectErasure({ content }: LogRecord) {
    if (content.name !== 'ActivityLogged') return undefined;
    const erasure = this.#projects.get(content.activity.project);
    return erasure && { erasure, isCovered: isErased(content.activity, erasure) };
  }

  /** Returns the erasure of its user that decides about the record. */
  #deciding(record: LogRecord): RecordedErasure | undefined {
    return decidingErasure(this.#userErasures(record), placedOf(record, this.#deps.log));
  }

  /** Returns the record without its user and metadata if the erasure that decides about it is an anonymisation. */
  #anonymised(record: LogRecord, deciding = this.#deciding(record)): LogRecord | undefined {
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

// The id of no log.
const unknownLog = LogId.trusted('');

/** Returns the place of the first copy of a record, which is on `log` or an older log of the topic. */
export function placeOf({ origin, replayOf: first = origin }: LogRecord, log: LogId): LogPosition {
  const { partition, offset } = first;
  return { log: first.log === origin.log ? log : (first.log ?? unknownLog), partition, offset };
}

/**
 * Returns what decides whether an erasure covers a record. Nobody knows when a record was received that can't be read. Its first copy
 * may be on an older log: then it counts as older than each erasure, and otherwise as newer than those on other logs.
 */
function placedOf(record: LogRecord, log: LogId): Placed {
  const { content } = record;
  const origin = placeOf(record, log);
  if (content.name === 'ActivityLogged') return { origin, receivedAt: content.activity.receivedAt };
  const isOlder = origin.log !== log;
  return {
    origin,
    receivedAt: Timestamp.trusted(isOlder ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY),
  };
}

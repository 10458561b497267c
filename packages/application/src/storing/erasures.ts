import {
  type Clock,
  DeadLetterId,
  decidingErasure,
  type ErasedRecord,
  type ErasedUserRecord,
  type ErasureLedger,
  isCovered,
  isErased,
  type KeptErasure,
  LogId,
  type LogPosition,
  type LogRecord,
  type Placed,
  type ProjectId,
  projectsOfUser,
  type ProjectRepository,
  type RecordedErasure,
  Timestamp,
  type UserDigest,
} from '@user-activity/domain';
import { findErasures } from '../projects/find-erasures.ts';
import { mergedErasures } from './merged-erasures.ts';
import { type Anonymiser, anonymisedRecord } from './anonymised-record.ts';

/** Returns the digest of a user id, or of the key of a record. */
export type DigestUser = (user: string | Uint8Array) => UserDigest;

export interface ErasureLookupDeps {
  readonly projects: Pick<ProjectRepository, 'findErasures'>;
  readonly ledger: Pick<ErasureLedger, 'isEmpty' | 'findByUsers'>;
  readonly clock: Clock;
  readonly digestUser: DigestUser;
  readonly anonymiser: Anonymiser;
  /** The log of the records. */
  readonly log: LogId;
}

/** The erasures of the projects and users of some records. */
export class Erasures {
  readonly #deps: ErasureLookupDeps;
  readonly #projects: ReadonlyMap<ProjectId, KeptErasure>;
  readonly #users: ReadonlyMap<UserDigest, readonly RecordedErasure[]>;
  readonly #digests: ReadonlyMap<LogRecord, UserDigest>;
  /** How many erasures of users were found. */
  readonly #found: number;

  private constructor(
    deps: ErasureLookupDeps,
    projects: readonly KeptErasure[],
    users: readonly RecordedErasure[],
    digests: ReadonlyMap<LogRecord, UserDigest>,
  ) {
    this.#deps = deps;
    this.#projects = new Map(projects.map((erasure) => [erasure.project, erasure]));
    const byUser = Map.groupBy(users, ({ user, project }) => `${project} ${user}`);
    this.#users = Map.groupBy([...byUser.values()].flatMap(mergedErasures), ({ user }) => user);
    this.#found = users.length;
    this.#digests = digests;
  }

  /** Looks the erasures up. An `earlier` result for the same records has their digests already. */
  static async of(
    deps: ErasureLookupDeps,
    records: readonly LogRecord[],
    earlier?: Erasures,
  ): Promise<Erasures> {
    const names = new Set<ProjectId>();
    for (const { content } of records)
      if (content.name === 'ActivityLogged') names.add(content.activity.project);
    const [projects, isEmpty] = await Promise.all([
      findErasures(deps, names),
      records.length === 0 || deps.ledger.isEmpty(),
    ]);
    // A digest takes time, so nobody's is taken unless there is an erasure.
    if (isEmpty) return new Erasures(deps, projects, [], new Map());
    const isKnown = earlier !== undefined && earlier.#digests.size > 0;
    const digests = isKnown ? earlier.#digests : digestsOf(deps, records);
    const users = await deps.ledger.findByUsers([...new Set(digests.values())]);
    return new Erasures(deps, projects, users, digests);
  }

  get isEmpty(): boolean {
    return this.#projects.size + this.#users.size === 0;
  }

  /** Returns whether there are erasures here that the others do not have. */
  hasOthersThan(others: Erasures): boolean {
    for (const { project, erasedAt } of this.#projects.values())
      if (others.#projects.get(project)?.erasedAt !== erasedAt) return true;
    // An erasure of a user is never forgotten.
    return this.#found > others.#found;
  }

  /** Returns the record as it may be stored, or undefined if an erasure covers it. */
  kept(record: LogRecord): LogRecord | undefined {
    if (this.#projectErasure(record)?.isCovered === true) return undefined;
    const erasure = decidingErasure(this.#userErasures(record), placedOf(record, this.#deps.log));
    if (erasure === undefined) return record;
    return erasure.mode === 'anonymise' ? anonymisedRecord(record, this.#deps.anonymiser) : undefined;
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

  /** Returns what to remove if the user of the record is erased: the activity under its id. */
  dueOfUser(record: LogRecord): readonly ErasedUserRecord[] {
    const { content } = record;
    if (content.name !== 'ActivityLogged') return [];
    const { project, id, userId } = content.activity;
    const placed = placedOf(record, this.#deps.log);
    return this.#userErasures(record)
      .filter((erasure) => erasure.isOpen || isCovered(placed, erasure))
      .map((erasure) => {
        const replacement =
          erasure.mode === 'anonymise' ? this.#deps.anonymiser.replace(project, userId) : undefined;
        return { project, id, userId, erasure, replacement };
      });
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

  /** Returns the erasures of the user of the record, in the project of the record. */
  #userErasures(record: LogRecord): readonly RecordedErasure[] {
    const digest = this.#digests.get(record);
    const erasures = (digest !== undefined && this.#users.get(digest)) || [];
    const { content } = record;
    if (content.name === 'ActivityLogged')
      return erasures.filter(({ project }) => project === content.activity.project);
    if (content.name === 'Unreadable')
      return erasures.filter(({ project }) => projectsOfUser(project).includes(content.project));
    return [];
  }
}

function digestsOf(
  { digestUser }: Pick<ErasureLookupDeps, 'digestUser'>,
  records: readonly LogRecord[],
): ReadonlyMap<LogRecord, UserDigest> {
  const digests = new Map<LogRecord, UserDigest>();
  for (const record of records) {
    const user = userOf(record);
    if (user !== null) digests.set(record, digestUser(user));
  }
  return digests;
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

import type { RetentionDays } from '@user-activity/domain';
import { settlesWithin } from '@user-activity/timing';
import {
  type ClientSession,
  type Collection,
  type Db,
  MongoClient,
  type MongoClientOptions,
  ReadConcern,
  ReadPreference,
} from 'mongodb';
import { acceptRestoredPrimary } from './accept-restored-primary.ts';
import type { ActivityDocument } from './activity-document.ts';
import type { Compression } from './compression.ts';
import type { DeadLetterDocument } from './dead-letter-document.ts';
import { ensureIndexes } from './ensure-indexes.ts';
import type { KeyDocument } from './key-document.ts';
import { makeInserter, type InsertDocuments } from './make-inserter.ts';
import { checkForMissingProjects } from './check-for-missing-projects.ts';
import { type ListReader, makeListReader } from './list-reader.ts';
import { migrate, type OnMigrationProgress } from './migration.ts';
import { DeploymentError, openFailure, uriFault } from './open-failure.ts';
import { type OutboxDocument, outboxIndexes } from './outbox-document.ts';
import { type ErasureDocument, erasingIndex, type SettingsDocument } from './project-documents.ts';
import { type SettledDocument, SettledWatch } from './settled-watch.ts';
import { erasuresByUser, openErasuresIndex, type UserErasureDocument } from './user-erasure-document.ts';
import { keepTtlIndex } from './ttl-index.ts';

export interface MongoStoreOptions {
  /** A connection string: https://www.mongodb.com/docs/manual/reference/connection-string/. */
  readonly uri: string;
  /** The name of the database. Default: `user_activity`. */
  readonly database?: string;
  /** The time limit of each command, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** The time limit to find a server, in milliseconds. Default: `timeoutMs`. */
  readonly selectionTimeoutMs?: number;
  /** The compression of collections that `open` creates. Default: `balanced`. */
  readonly compression?: Compression;
  /** Called about once per second while `open` builds indexes, and after each batch of migrated documents. */
  readonly onProgress?: OnMigrationProgress;
}

/** A topic as it was first registered. */
interface TopicDocument {
  /** The name of the topic, or `<name> <topicId>` if an earlier topic has the same name. */
  readonly _id: string;
  readonly partitions: number;
  /** Absent in documents of versions without log ids, until the topic is registered again. */
  readonly log?: string;
  /** Absent until the topic is registered with a topic id. */
  readonly topicId?: string;
}

/** The exclusive right of one process to do a kind of work. */
interface ClaimDocument {
  /** The kind of work. */
  readonly _id: string;
  /** The time at which the right ends, unless the process releases it earlier. */
  readonly until: Date;
}

const closingMs = 500;
// A write with this write concern survives a power cut, and the loss of a member.
const writeConcern = { w: 'majority', journal: true } as const;
const concerns = { writeConcern, readConcern: new ReadConcern('majority') };
// The empty tags replace the tags in the URI. With those, the driver would look for a primary that has them, and might find none.
const primaryOnly: MongoClientOptions = { readPreference: ReadPreference.primary, readPreferenceTags: [] };

/**
 * The connection to a database, and its collections, for the adapters of this package. Whatever the URI says, the majority must confirm
 * each write, and reads use the primary, because their results decide which data is stored, replayed or removed. Only
 * `listedActivities` and `readListed` use the members that the URI allows.
 */
export class MongoStore {
  readonly activities: Collection<ActivityDocument>;
  /** For counts. Reads from the members that the URI's `readPreference` allows. They may lag behind the primary. */
  readonly listedActivities: Pick<Collection<ActivityDocument>, 'aggregate'>;
  /** For pages of activities. Reads from the same members as `listedActivities`. */
  readonly readListed: ListReader;
  /** For the feed. Reads from the primary. */
  readonly readPrimary: ListReader;
  readonly insertActivities: InsertDocuments<ActivityDocument>;
  readonly deadLetters: Collection<DeadLetterDocument>;
  readonly topics: Collection<TopicDocument>;
  readonly settled: Collection<SettledDocument>;
  readonly settledWatch: SettledWatch;
  readonly claims: Collection<ClaimDocument>;
  readonly settings: Collection<SettingsDocument>;
  readonly erasures: Collection<ErasureDocument>;
  readonly userErasures: Collection<UserErasureDocument>;
  readonly keys: Collection<KeyDocument>;
  readonly outbox: Collection<OutboxDocument>;
  readonly timeoutMs: number;
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #stopReconnecting: () => void;
  #stopChecking = (): void => {};

  private constructor(
    client: MongoClient,
    database: string,
    timeoutMs: number,
    listPreference: ReadPreference,
  ) {
    const db = client.db(database, { ...concerns, readPreference: ReadPreference.primary });
    const listed = client.db(database, { ...concerns, readPreference: listPreference });
    this.#client = client;
    this.#stopReconnecting = acceptRestoredPrimary(client);
    this.#db = db;
    this.timeoutMs = timeoutMs;
    this.activities = db.collection('activities');
    this.insertActivities = makeInserter(client, db, this.activities);
    this.listedActivities = listed.collection<ActivityDocument>('activities');
    this.readListed = makeListReader(db, listPreference, client.options.retryReads);
    this.readPrimary = makeListReader(db, ReadPreference.primary, client.options.retryReads);
    this.deadLetters = db.collection('dead_letters');
    this.topics = db.collection('topics');
    this.settled = db.collection('settled');
    this.settledWatch = new SettledWatch(this.settled);
    this.claims = db.collection('claims');
    this.settings = db.collection('retentions');
    this.erasures = db.collection('erasures');
    this.userErasures = db.collection('user_erasures');
    this.keys = db.collection('keys');
    this.outbox = db.collection('outbox');
  }

  /**
   * Connects, creates missing indexes, and migrates the documents of older versions. A migration may take long. Throws DeploymentError if
   * the URI, the credentials or the deployment must be changed, and STORE_UNAVAILABLE if no primary responds.
   */
  static async open({
    uri,
    database = 'user_activity',
    timeoutMs = 10_000,
    selectionTimeoutMs = timeoutMs,
    compression = 'balanced',
    onProgress = () => {},
  }: MongoStoreOptions): Promise<MongoStore> {
    const options: MongoClientOptions = {
      serverSelectionTimeoutMS: selectionTimeoutMs,
      connectTimeoutMS: timeoutMs,
      socketTimeoutMS: timeoutMs * 2,
      // Limits the time for which a query waits for a free connection.
      waitQueueTimeoutMS: timeoutMs,
      retryWrites: true,
      appName: 'user-activity',
    };
    // This client only parses the URI and never connects, because `connect` would wait for a member that the preference allows.
    const listPreference = makeClient(uri, options).readPreference;
    const client = makeClient(uri, { ...options, ...primaryOnly });
    const unlimitedClient = makeClient(uri, { ...options, ...primaryOnly, socketTimeoutMS: 0 });
    try {
      await client.connect();
      const { setName, msg } = await client.db('admin').command({ hello: 1 });
      if (setName === undefined && msg !== 'isdbgrid') {
        throw new DeploymentError(
          'MongoDB runs without a replica set, so confirmed writes may be lost. Start mongod with --replSet rs0, run ' +
            'rs.initiate() once in mongosh, and add ?replicaSet=rs0 to MONGODB_URI.',
        );
      }
      const store = new MongoStore(client, database, timeoutMs, listPreference);
      await migrate(store.#db, unlimitedClient.db(database, concerns), compression, onProgress);
      await ensureIndexes(store.erasures, [erasingIndex]);
      await ensureIndexes(store.outbox, outboxIndexes);
      await ensureIndexes(store.userErasures, [erasuresByUser, openErasuresIndex]);
      store.#stopChecking = checkForMissingProjects(store.#db);
      return store;
    } catch (error) {
      await client.close();
      throw openFailure(error);
    } finally {
      await settlesWithin(closingMs, unlimitedClient.close());
    }
  }

  /** Makes MongoDB remove activities that are older than `days` by a TTL index. If `days` is undefined, drops the index. */
  expireAfter(days: RetentionDays | undefined): Promise<void> {
    return keepTtlIndex(this.#db, days);
  }

  /** Runs work in a session. In it, each read sees at least what earlier reads saw. */
  inSession<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    return this.#client.withSession({ causalConsistency: true }, work);
  }

  /** Disconnects. Waits at most 500 ms, because a server that hangs never answers the driver's last command. */
  async close(): Promise<void> {
    this.#stopChecking();
    this.#stopReconnecting();
    // Closes the change stream first: without a connection, it would stay open on the server for some minutes.
    await settlesWithin(closingMs / 2, this.settledWatch.close());
    await settlesWithin(closingMs / 2, this.#client.close());
  }
}

function makeClient(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch (error) {
    throw uriFault(error);
  }
}

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
import { insertByCommand, type InsertDocuments } from './insert-command.ts';
import { checkRegularly } from './later-check.ts';
import { type ListReader, makeListReader } from './list-reader.ts';
import { migrate, type OnMigrationProgress } from './migration.ts';
import { DeploymentError, openFailure, uriFault } from './open-failure.ts';
import { type OutboxDocument, outboxIndexes } from './outbox-document.ts';
import { type ErasureDocument, erasingIndex, type SettingsDocument } from './project-documents.ts';
import { type SettledDocument, SettledWatch } from './settled-watch.ts';
import { erasuresByUser, openErasures, type UserErasureDocument } from './user-erasure-document.ts';
import { keepTtlIndex } from './ttl-index.ts';

export interface MongoStoreOptions {
  /** A connection string: https://www.mongodb.com/docs/manual/reference/connection-string/. */
  readonly uri: string;
  /** Default: `user_activity`. */
  readonly database?: string;
  /** The time limit of the server's response, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** The time limit to find a server, in milliseconds. Default: `timeoutMs`. */
  readonly selectionTimeoutMs?: number;
  /** The compression of collections that `open` creates. Default: `balanced`. */
  readonly compression?: Compression;
  /** Called about each second while `open` builds indexes, and after each batch of documents that it migrates. */
  readonly onProgress?: OnMigrationProgress;
}

/** A topic as it was first registered. */
interface TopicDocument {
  /** The name of the topic. If another topic has the name already: the name, a space and the topic id. */
  readonly _id: string;
  readonly partitions: number;
  /** Absent in documents of versions without log ids, until the topic is registered again. */
  readonly log?: string;
  /** Absent if none was passed yet. */
  readonly topicId?: string;
}

/** The exclusive right of one process to do a kind of work. */
interface ClaimDocument {
  /** The name of the work. */
  readonly _id: string;
  /** The end of the right, unless the process releases it earlier. */
  readonly until: Date;
}

const closingMs = 500;
// A write that is confirmed in this way survives a power cut, and the loss of a member.
const writeConcern = { w: 'majority', journal: true } as const;
const concerns = { writeConcern, readConcern: new ReadConcern('majority') };
// Without empty tags, the driver would look for a primary with the tags in the URI, and find none.
const primaryOnly: MongoClientOptions = { readPreference: ReadPreference.primary, readPreferenceTags: [] };

/**
 * The collections of a database, for the adapters of this package. Whatever the URI says, writes need the majority, and all collections
 * except those for lists read from the primary, because the results decide which data is stored, replayed or removed.
 */
export class MongoStore {
  readonly activities: Collection<ActivityDocument>;
  /** For counts only. Reads from the members that the URI's `readPreference` allows, which may lag. */
  readonly listedActivities: Pick<Collection<ActivityDocument>, 'aggregate'>;
  /** For pages only. Reads from the same members as `listedActivities`. */
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
    this.insertActivities = insertByCommand(client, db, this.activities);
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
   * Connects, creates missing indexes, and migrates the documents of older versions, which may take long. Throws DeploymentError if the
   * URI, the credentials or the deployment must be changed, and STORE_UNAVAILABLE if no primary responds.
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
      // Limits the wait of a query for a free connection.
      waitQueueTimeoutMS: timeoutMs,
      retryWrites: true,
      appName: 'user-activity',
    };
    // This client only parses the URI. With the URI's preference, `connect` would wait for the preferred member.
    const listPreference = clientOf(uri, options).readPreference;
    const client = clientOf(uri, { ...options, ...primaryOnly });
    const patientClient = clientOf(uri, { ...options, ...primaryOnly, socketTimeoutMS: 0 });
    try {
      await client.connect();
      const { setName, msg } = await client.db('admin').command({ hello: 1 });
      if (setName === undefined && msg !== 'isdbgrid') {
        throw new DeploymentError(
          'MongoDB runs without a replica set, so its confirmed writes are not safe. Start mongod with --replSet rs0, run ' +
            'rs.initiate() once in mongosh, and add ?replicaSet=rs0 to MONGODB_URI.',
        );
      }
      const store = new MongoStore(client, database, timeoutMs, listPreference);
      await migrate(store.#db, patientClient.db(database, concerns), compression, onProgress);
      await ensureIndexes(store.erasures, [erasingIndex]);
      await ensureIndexes(store.outbox, outboxIndexes);
      await ensureIndexes(store.userErasures, [erasuresByUser, openErasures]);
      store.#stopChecking = checkRegularly(store.#db);
      return store;
    } catch (error) {
      await client.close();
      throw openFailure(error);
    } finally {
      await settlesWithin(closingMs, patientClient.close());
    }
  }

  /** Makes MongoDB remove activities that are older than these days by itself. Undefined ends this. */
  expireAfter(days: RetentionDays | undefined): Promise<void> {
    return keepTtlIndex(this.#db, days);
  }

  /** Does work in a session in which each read sees at least what the reads before it saw. */
  inSession<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    return this.#client.withSession({ causalConsistency: true }, work);
  }

  /** Disconnects. Waits at most 500 ms, because a hanging server never answers the driver's last command. */
  async close(): Promise<void> {
    this.#stopChecking();
    this.#stopReconnecting();
    // Without a connection, the stream would stay open on the server for some minutes.
    await settlesWithin(closingMs / 2, this.settledWatch.close());
    await settlesWithin(closingMs / 2, this.#client.close());
  }
}

function clientOf(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch (error) {
    throw uriFault(error);
  }
}

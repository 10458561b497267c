import { setTimeout as delay } from 'node:timers/promises';
import {
  type Collection,
  MongoClient,
  type MongoClientOptions,
  MongoError,
  MongoServerError,
  ReadConcern,
  ReadPreference,
} from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { indexes, letterIndexByActivity, letterIndexes } from './indexes.ts';
import type { LetterDocument } from './letter-document.ts';

/** Which MongoDB, and how it is spoken to. */
export interface MongoStoreOptions {
  /** A connection string, https://www.mongodb.com/docs/manual/reference/connection-string/. */
  readonly uri: string;
  /** `user_activity` where not given. */
  readonly database?: string;
  /** How long to look for a server, and to wait for its answer. 10,000 where not given. */
  readonly timeoutMs?: number;
}

/** With how many partitions a topic began; its id is its name. */
interface TopicDocument {
  readonly _id: string;
  readonly partitions: number;
}

const closingMs = 500;

/** The deployment can't be used as it is; the message says what to change. Trying again alone won't help. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/**
 * The database, open: its collections with their indexes. The adapters of this package share it. The collections read the
 * primary and write to the majority, whatever the URI says: what they answer decides what is stored, replayed or removed.
 */
export class MongoStore {
  readonly activities: Collection<ActivityDocument>;
  /** The activities for pages and counts alone: reads where the URI's `readPreference` says, which may lag. */
  readonly listedActivities: Pick<Collection<ActivityDocument>, 'find' | 'aggregate'>;
  readonly letters: Collection<LetterDocument>;
  readonly topics: Collection<TopicDocument>;
  readonly timeoutMs: number;
  readonly #client: MongoClient;

  private constructor(client: MongoClient, database: string, timeoutMs: number) {
    // Majority and journaled: what was confirmed survives the loss of a member and of power.
    const writeConcern = { w: 'majority', journal: true } as const;
    const concerns = { writeConcern, readConcern: new ReadConcern('majority') };
    const readPreference = new ReadPreference('primary');
    const db = client.db(database, { ...concerns, readPreference });
    this.#client = client;
    this.timeoutMs = timeoutMs;
    this.activities = db.collection('activities');
    this.listedActivities = client.db(database, concerns).collection<ActivityDocument>('activities');
    this.letters = db.collection('dead_letters');
    this.topics = db.collection('topics');
  }

  /**
   * Connects and makes the indexes that are missing. Throws DeploymentError where there is no replica set, and the driver's
   * errors where nobody answers.
   */
  static async open({
    uri,
    database = 'user_activity',
    timeoutMs = 10_000,
  }: MongoStoreOptions): Promise<MongoStore> {
    const options: MongoClientOptions = {
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      socketTimeoutMS: timeoutMs * 2,
      // Questions that find no free connection wait no longer than for an answer.
      waitQueueTimeoutMS: timeoutMs,
      retryWrites: true,
      appName: 'user-activity',
    };
    const client = await MongoClient.connect(uri, options);
    try {
      const { setName, msg } = await client.db('admin').command({ hello: 1 });
      if (setName === undefined && msg !== 'isdbgrid') {
        throw new DeploymentError(
          'MongoDB runs without a replica set, so nothing it confirms is safe. Start mongod with --replSet rs0, run ' +
            'rs.initiate() once in mongosh, and add ?replicaSet=rs0 to MONGODB_URI.',
        );
      }
      const store = new MongoStore(client, database, timeoutMs);
      await store.#createIndexes();
      return store;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #createIndexes(): Promise<void> {
    await this.activities.createIndexes(indexes.map((key) => ({ key: { ...key } })));
    await this.letters.createIndexes([
      ...letterIndexes.map((key) => ({ key: { ...key } })),
      { ...letterIndexByActivity, key: { ...letterIndexByActivity.key } },
    ]);
  }

  /** The driver says farewell to the server, which one that hangs never answers: it is left then. */
  async close(): Promise<void> {
    await Promise.race([this.#client.close(), delay(closingMs, undefined, { ref: false })]);
  }
}

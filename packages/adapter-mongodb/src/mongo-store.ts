import { setTimeout as delay } from 'node:timers/promises';
import { type Collection, MongoClient, type MongoClientOptions, ReadConcern, ReadPreference } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { indexes, letterIndexByActivity, letterIndexes, letterIndexOfEdge } from './indexes.ts';
import type { LetterDocument } from './letter-document.ts';
import { DeploymentError, openFailure, uriFault } from './open-failure.ts';

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

/** Work that one process at a time does, and until when it may. */
interface ClaimDocument {
  readonly _id: string;
  readonly until: Date;
}

const closingMs = 500;
// The driver would add the tags of a URI to a primary, which has none.
const primaryOnly: MongoClientOptions = { readPreference: ReadPreference.primary, readPreferenceTags: [] };

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
  readonly claims: Collection<ClaimDocument>;
  readonly timeoutMs: number;
  readonly #client: MongoClient;

  private constructor(
    client: MongoClient,
    database: string,
    timeoutMs: number,
    listPreference: ReadPreference,
  ) {
    // Majority and journaled: what was confirmed survives the loss of a member and of power.
    const writeConcern = { w: 'majority', journal: true } as const;
    const concerns = { writeConcern, readConcern: new ReadConcern('majority') };
    const db = client.db(database, { ...concerns, readPreference: ReadPreference.primary });
    const listed = client.db(database, { ...concerns, readPreference: listPreference });
    this.#client = client;
    this.timeoutMs = timeoutMs;
    this.activities = db.collection('activities');
    this.listedActivities = listed.collection<ActivityDocument>('activities');
    this.letters = db.collection('dead_letters');
    this.topics = db.collection('topics');
    this.claims = db.collection('claims');
  }

  /**
   * Connects and makes the indexes that are missing. Throws DeploymentError if the URI, the credentials or the deployment must
   * be changed, and STORE_UNAVAILABLE if no primary answers.
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
    // The first client only parses the URI. The second connects to the primary, as it would wait for a preferred member otherwise.
    const listPreference = clientOf(uri, options).readPreference;
    const client = clientOf(uri, { ...options, ...primaryOnly });
    try {
      await client.connect();
      const { setName, msg } = await client.db('admin').command({ hello: 1 });
      if (setName === undefined && msg !== 'isdbgrid') {
        throw new DeploymentError(
          'MongoDB runs without a replica set, so nothing it confirms is safe. Start mongod with --replSet rs0, run ' +
            'rs.initiate() once in mongosh, and add ?replicaSet=rs0 to MONGODB_URI.',
        );
      }
      const store = new MongoStore(client, database, timeoutMs, listPreference);
      await store.#createIndexes();
      return store;
    } catch (error) {
      await client.close();
      throw openFailure(error);
    }
  }

  async #createIndexes(): Promise<void> {
    await this.activities.createIndexes(indexes.map((key) => ({ key: { ...key } })));
    await this.letters.createIndexes([
      ...letterIndexes.map((key) => ({ key: { ...key } })),
      { ...letterIndexByActivity, key: { ...letterIndexByActivity.key } },
      { ...letterIndexOfEdge, key: { ...letterIndexOfEdge.key } },
    ]);
  }

  /** The driver says farewell to the server, which one that hangs never answers: it is left then. */
  async close(): Promise<void> {
    await Promise.race([this.#client.close(), delay(closingMs, undefined, { ref: false })]);
  }
}

/** Throws DeploymentError if the URI is no connection string, whichever library finds out. */
function clientOf(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch (error) {
    throw uriFault(error);
  }
}

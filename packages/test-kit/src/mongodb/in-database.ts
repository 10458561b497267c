import { type Db, MongoClient } from 'mongodb';

/** Calls `work` with a direct connection to a database, without the service. Closes the connection afterwards. */
export async function inDatabase<Result>(
  uri: string,
  database: string,
  work: (db: Db) => Promise<Result>,
): Promise<Result> {
  const client = await MongoClient.connect(uri);
  try {
    return await work(client.db(database));
  } finally {
    await client.close();
  }
}

import { type Db, MongoClient } from 'mongodb';

/** Connects to a database past the service, as an operator could, and closes the connection after `work`. */
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

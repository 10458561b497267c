// Answers with a page of 50 activities, read by `find().toArray()` of the driver from the same collection and index as the service.
import { createServer } from 'node:http';
import { MongoClient } from 'mongodb';

const { MONGODB_URI: uri = '', MONGODB_DATABASE: name = '' } = process.env;
const limit = 50;
const order = { project: 1, createdAt: -1, _id: -1 } as const;

interface Activity {
  readonly _id: string;
  readonly project: string;
  readonly createdAt: Date;
}

const client = await MongoClient.connect(uri);
const activities = client.db(name).collection<Activity>('activities');

/** Finds the page after an activity, or the first page. */
async function findPage(after: URLSearchParams): Promise<string> {
  const time = after.get('createdAt');
  const id = after.get('id') ?? '';
  const createdAt = new Date(Number(time));
  const range =
    time === null ? {} : { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] };
  const data = await activities
    .find({ project: 'default', ...range }, { limit, sort: { createdAt: -1, _id: -1 }, hint: order })
    .toArray();
  return JSON.stringify({ data });
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  findPage(searchParams).then(
    (json) => {
      const length = Buffer.byteLength(json);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': length }).end(json);
    },
    (error: unknown) => response.writeHead(500, { 'content-length': 0 }).end(String(error)),
  );
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(`ready at http://127.0.0.1:${address.port}`);
});

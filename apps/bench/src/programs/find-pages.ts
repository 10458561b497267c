// Answers each request with a page of 50 activities. Reads them by `find().toArray()` of the MongoDB driver, from the collection and the index
// that the service uses.
import { createServer } from 'node:http';
import { MongoClient } from 'mongodb';

const { MONGODB_URI: uri = '', MONGODB_DATABASE: name = '' } = process.env;
const limit = 50;
const indexKey = { project: 1, createdAt: -1, _id: -1 } as const;

interface Activity {
  readonly _id: string;
  readonly project: string;
  readonly createdAt: Date;
}

const client = await MongoClient.connect(uri);
const activities = client.db(name).collection<Activity>('activities');

/** Returns the JSON of the page after the activity that the parameters `createdAt` and `id` name. Without them, returns the first page. */
async function findPage(parameters: URLSearchParams): Promise<string> {
  const time = parameters.get('createdAt');
  const id = parameters.get('id') ?? '';
  const createdAt = new Date(Number(time));
  const range =
    time === null ? {} : { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] };
  const data = await activities
    .find({ project: 'default', ...range }, { limit, sort: { createdAt: -1, _id: -1 }, hint: indexKey })
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

// Copies the activities of the database TEMPLATE_DATABASE, as fast as the MongoDB driver can, into a new collection with the same options and
// indexes.
import { MongoClient } from 'mongodb';

const { MONGODB_URI: uri = '', MONGODB_DATABASE: name = '', TEMPLATE_DATABASE: template = '' } = process.env;
const batchSize = 1000;
const batchesAtOnce = 4;

const client = await MongoClient.connect(uri, { writeConcern: { w: 'majority' } });
const source = client.db(template).collection('activities');
const [information] = await client.db(template).listCollections({ name: 'activities' }).toArray();
const options = information !== undefined && 'options' in information ? information.options : {};
const target = await client.db(name).createCollection('activities', options);
const indexes = (await source.indexes()).filter((index) => index.name !== '_id_');
await target.createIndexes(indexes.map(({ v: _version, ...index }) => index));
const documents = await source.find().toArray();

let next = 0;
async function insertBatches(): Promise<void> {
  while (next < documents.length) {
    const batch = documents.slice(next, next + batchSize);
    next += batchSize;
    await target.insertMany(batch, { ordered: false });
  }
}
console.log('ready');
await Promise.all(Array.from({ length: batchesAtOnce }, insertBatches));
// Keeps this process alive: the bench reads its processor time, and then ends it.
setInterval(() => undefined, 60_000);

// The usual first design of such a service: Express, and one `send` call of KafkaJS for each request.
import express, { type Request, type Response } from 'express';
import kafkajs from 'kafkajs';
import {
  parseNdjson,
  type PlainDraft,
  type PlainRecord,
  makePlainRecords,
  receiptOf,
} from './plain-record.ts';

const { KAFKA_BROKERS: brokers = '', KAFKA_TOPIC: topic = '' } = process.env;
const client = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.ERROR });
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();

const publish = (records: readonly PlainRecord[]): Promise<unknown> =>
  producer.send({
    topic,
    acks: -1,
    messages: records.map(({ key, value, headers, timestamp }) => ({
      key,
      value,
      headers,
      timestamp: String(timestamp),
    })),
  });

function isDraft(body: unknown): body is PlainDraft {
  if (typeof body !== 'object' || body === null) return false;
  const { userId, type } = body as Partial<PlainDraft>;
  return typeof userId === 'string' && userId !== '' && typeof type === 'string' && type !== '';
}

const refuse = (response: Response, status: number, detail: string): void => {
  response.status(status).json({ detail });
};

const limit = '10mb';
const app = express();
app.use(express.json({ limit }), express.text({ type: 'application/x-ndjson', limit }));
app.post('/api/logs', (request: Request<unknown, unknown, unknown>, response) => {
  if (!isDraft(request.body)) return refuse(response, 422, 'userId and type are required');
  const records = makePlainRecords([request.body]);
  const id = records[0]?.id ?? '';
  return publish(records).then(
    () => void response.status(202).location(`/api/logs/${id}`).json({ id, status: 'accepted' }),
    () => refuse(response, 503, 'Kafka does not answer'),
  );
});
app.post('/api/logs/batch', (request: Request<unknown, unknown, unknown>, response) => {
  const { body } = request;
  const drafts: unknown = typeof body === 'string' ? parseNdjson(body) : body;
  if (!Array.isArray(drafts) || !drafts.every(isDraft))
    return refuse(response, 422, 'the body must be an array of activities');
  const records = makePlainRecords(drafts);
  return publish(records).then(
    () => void response.status(202).json(receiptOf(records)),
    () => refuse(response, 503, 'Kafka does not answer'),
  );
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(`ready at http://127.0.0.1:${address.port}`);
});

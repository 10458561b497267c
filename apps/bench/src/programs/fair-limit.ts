// An upper limit for a service on Fastify. Validates activities, makes ids and JSON, and collects records as the service does, but does not
// publish them.
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { parseNdjson, type PlainRecord, makePlainRecords, receiptOf } from './plain-record.ts';

const Draft = Type.Object({
  userId: Type.String({ minLength: 1, maxLength: 256 }),
  type: Type.String({ minLength: 1, maxLength: 256 }),
  metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
  createdAt: Type.Optional(Type.String()),
});
const Receipt = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Array(Type.String()),
  ids: Type.Array(Type.String()),
});

let collected: PlainRecord[] = [];
let flushed: Promise<void> | undefined;

/** Collects the records of a turn of the event loop. Resolves in the next turn, when the service would send them. */
function publish(records: readonly PlainRecord[]): Promise<void> {
  collected.push(...records);
  flushed ??= new Promise((resolve) => {
    setImmediate(() => {
      collected = [];
      flushed = undefined;
      resolve();
    });
  });
  return flushed;
}

const app = fastify({ bodyLimit: 10 * 1024 * 1024 }).withTypeProvider<TypeBoxTypeProvider>();
app.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) => {
  done(null, parseNdjson(body.toString()));
});
const accepted = { 202: Type.Object({ id: Type.String(), status: Type.String() }) };
app.post('/api/logs', { schema: { body: Draft, response: accepted } }, async ({ body }, reply) => {
  const records = makePlainRecords([body]);
  await publish(records);
  const id = records[0]?.id ?? '';
  return reply.code(202).header('location', `/api/logs/${id}`).send({ id, status: 'accepted' });
});
const batch = { body: Type.Array(Draft, { minItems: 1, maxItems: 10_000 }), response: { 202: Receipt } };
app.post('/api/logs/batch', { schema: batch }, async ({ body }, reply) => {
  const records = makePlainRecords(body);
  await publish(records);
  return reply.code(202).send(receiptOf(records));
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`ready at ${url}`);

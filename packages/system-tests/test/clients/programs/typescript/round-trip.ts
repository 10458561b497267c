// A round trip by a client in TypeScript, made by openapi-typescript and openapi-fetch from the OpenAPI document. It takes the URL and a
// key, and prints the answers. `schema.d.ts` is generated beside it.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

type Activity = components['schemas']['Activity'];
type NewActivity = components['schemas']['NewActivity'];
type StatsLine = components['schemas']['StatsLine'];
declare const process: { readonly argv: readonly string[] };

const [, , baseUrl = '', key = ''] = process.argv;
const client = createClient<paths>({
  baseUrl,
  headers: { authorization: `Bearer ${key}` },
  querySerializer: { object: { style: 'form', explode: true } },
});

const one: NewActivity = { userId: 'ada', type: 'LOGIN', metadata: { device: { os: 'ios' } } };
const logged = await client.POST('/api/logs', { params: { header: { prefer: 'wait=30' } }, body: one });
if (logged.data === undefined) throw new Error(JSON.stringify(logged.error));

const found = await client.GET('/api/logs/{id}', { params: { path: { id: logged.data.id } } });
const read: Activity | undefined = found.data;

const many = Array.from(
  { length: 26 },
  (_, index): NewActivity => ({
    userId: index === 3 ? '' : 'ada',
    type: 'LOGOUT',
  }),
);
const batch = (await client.POST('/api/logs/batch', { body: many })).data;

const countOf = async (metadata?: Record<string, string>): Promise<number | undefined> => {
  const query = { userId: ['ada'], ...(metadata === undefined ? {} : { metadata }) };
  return (await client.GET('/api/logs/count', { params: { query } })).data?.count;
};
// An activity that was answered 202 is stored a moment later.
while ((await countOf()) !== 26);

const ids = new Set<string>();
const pages: number[] = [];
for (let cursor: string | null | undefined; cursor !== null; ) {
  const query = { userId: ['ada'], limit: 10, ...(cursor === undefined ? {} : { cursor }) };
  const { data: page, error } = await client.GET('/api/logs', { params: { query } });
  if (page === undefined) throw new Error(error.detail);
  for (const { id } of page.data) ids.add(id);
  pages.push(page.data.length);
  cursor = page.pagination.nextCursor;
}

const stats = await client.GET('/api/logs/stats', { params: { query: { by: 'type', userId: ['ada'] } } });
const refused = await client.POST('/api/logs', { body: { ...one, userId: '' } });

console.log(
  JSON.stringify({
    logged: [logged.response.status, logged.data.status],
    read: [read?.userId, read?.type, read?.metadata],
    batch: [batch?.accepted, batch?.rejected.map(({ index, errors }) => [index, errors[0]?.path])],
    count: await countOf(),
    byMetadata: await countOf({ 'metadata.device.os': 'ios' }),
    pages,
    distinct: ids.size,
    stats: stats.data?.data.map(({ key: type, count }: StatsLine) => [type, count]),
    refused: [
      refused.response.status,
      refused.error && 'errors' in refused.error && refused.error.errors[0]?.path,
    ],
  }),
);

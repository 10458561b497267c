import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { FeedPosition, LogId } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';
import { documentOf, operationsOf, resolved } from '../openapi-document.ts';
import { service } from '../service.ts';
import { save } from './following.ts';

const document = await documentOf();
const operations = operationsOf(document).filter(({ name }) => /\/(?:feed|stream)$/.test(name));
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajvFormats.default(ajv);

/** Returns how a value breaks the schema with this name, or an empty string. */
function faultsOf(name: string, value: unknown): string {
  const isValid = ajv.compile({ $ref: `#/components/schemas/${name}`, components: document.components });
  return isValid(value) ? '' : ajv.errorsText(isValid.errors);
}

/** With this position, each route returns 410 once it has accepted all other parameters. */
const elsewhere = FeedCursor.text(FeedPosition.start(LogId.parse('elsewhere')));

test('the document has both routes, and the header of the stream', () => {
  const described = operations.map(({ name, parameters = [] }) => [
    name,
    parameters.filter((one) => 'name' in one).map(({ name: parameter }) => parameter),
  ]);
  const filters = ['userId', 'type', 'from', 'to', 'metadata', 'cursor'];
  expect(described).toEqual([
    ['get /api/logs/feed', [...filters, 'limit', 'wait']],
    ['get /api/logs/stream', [...filters, 'last-event-id']],
  ]);
});

describe.each(operations)('$name', ({ name, parameters = [], responses }) => {
  const url = name.replace('get ', '');
  const inQuery = parameters.filter(({ in: place }) => place === 'query');

  test('accepts each example of a parameter', async () => {
    const { app } = await service();
    const examples = inQuery.flatMap((parameter) => {
      const { example, examples: more = {} } = { examples: undefined, ...parameter };
      const values = [example, ...Object.values<{ value: unknown }>(more).map(({ value }) => value)];
      return values.filter((value) => value !== undefined).map((value) => [parameter.name, value] as const);
    });
    expect(examples.length).toBeGreaterThan(6);
    for (const [parameter, value] of examples) {
      const sent = typeof value === 'string' ? { [parameter]: value } : (value as Record<string, string>);
      const query = new URLSearchParams({ cursor: elsewhere, ...sent });
      const { statusCode } = await app.inject(`${url}?${query.toString()}`);
      expect([parameter, value, statusCode]).toEqual([parameter, value, 410]);
    }
  });

  test('describes each error status that it returns, as a problem', async () => {
    const it = await service({ apiKeys: ['key'] });
    const headers = { 'x-api-key': 'key' };
    const problems = [
      await it.app.inject({ url: `${url}?page=1`, headers }),
      await it.app.inject(url),
      await it.app.inject({ url: `${url}?cursor=${elsewhere}`, headers }),
      await it.app.inject({ method: 'POST', url, headers }),
    ];
    it.store.reachable = false;
    problems.push(await it.app.inject({ url, headers }));
    expect(problems.map(({ statusCode }) => statusCode)).toEqual([400, 401, 410, 405, 503]);
    for (const response of problems) {
      const described = responses[String(response.statusCode)];
      const content = described === undefined ? {} : resolved(document, described).content;
      expect([response.statusCode, Object.keys(content)]).toEqual([
        response.statusCode,
        [response.headers['content-type']],
      ]);
      expect(faultsOf('Problem', response.json())).toBe('');
    }
  });
});

test('pages are valid for the schema, with and without activities', async () => {
  const it = await service();
  expect(faultsOf('FeedPage', (await it.app.inject('/api/logs/feed')).json())).toBe('');
  await save(it, [sampleActivity(), sampleActivity({ metadata: { a: [1, null] } })]);
  for (const query of ['', '?limit=1', '?from=now'])
    expect(faultsOf('FeedPage', (await it.app.inject(`/api/logs/feed${query}`)).json())).toBe('');
  expect(
    faultsOf('FeedPage', { data: [], pagination: { limit: 1, nextCursor: null, hasMore: false } }),
  ).not.toBe('');
});

test('the example of the stream has the form of its events, with a position and a valid activity', () => {
  const response = operations.at(-1)?.responses['200'];
  const example = String(response?.content['text/event-stream']?.example);
  const [, id = '', data = ''] = /^id: (.+)\ndata: (.+)\n\n$/.exec(example) ?? [];
  expect(FeedCursor.text(FeedCursor.parse(id))).toBe(id);
  expect(faultsOf('Activity', JSON.parse(data))).toBe('');
});

test('the schemas have the same limits of numbers as the route', async () => {
  const { app } = await service();
  const statusOf = async (query: string) => (await app.inject(`/api/logs/feed?${query}`)).statusCode;
  const described = operations[0]?.parameters?.filter(({ name }) => name === 'limit' || name === 'wait');
  expect(described).toMatchObject([
    { name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
    { name: 'wait', schema: { type: 'integer', minimum: 0, maximum: 30, default: 0 } },
  ]);
  for (const query of ['limit=1', 'limit=500', 'wait=0', `wait=30&cursor=${elsewhere}`])
    expect([query, await statusOf(query)]).not.toEqual([query, 400]);
  for (const query of ['limit=0', 'limit=501', 'wait=-1', 'wait=31'])
    expect([query, await statusOf(query)]).toEqual([query, 400]);
});

import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { csvHeader } from '../../src/export/csv-lines.ts';
import { documentOf, operationsOf, resolved } from '../openapi-document.ts';
import { service } from '../service.ts';
import { linesIn } from './exporting.ts';

const document = await documentOf();
const operation = operationsOf(document).find(({ name }) => name === 'get /api/logs/export');
if (operation === undefined) throw new Error('The document has no export.');
const { parameters = [], responses } = operation;
const url = '/api/logs/export';
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajvFormats.default(ajv);

/** Returns how a value breaks the schema with this name, or an empty string. */
function faultsOf(name: string, value: unknown): string {
  const isValid = ajv.compile({ $ref: `#/components/schemas/${name}`, components: document.components });
  return isValid(value) ? '' : ajv.errorsText(isValid.errors);
}

test('the document has all filters of GET /api/logs, and the parameters of an export', () => {
  const own = parameters.flatMap((parameter) => ('name' in parameter ? [parameter] : []));
  expect(own.map(({ name }) => name)).toEqual([
    'userId',
    'type',
    'from',
    'to',
    'metadata',
    'order',
    'format',
    'after',
  ]);
  expect(own.slice(5)).toMatchObject([
    { name: 'order', schema: { enum: ['asc', 'desc'], default: 'asc' } },
    { name: 'format', schema: { enum: ['ndjson', 'csv'], default: 'ndjson' } },
    { name: 'after', schema: { type: 'string' } },
  ]);
});

test('each example of a parameter is accepted', async () => {
  const { app } = await service();
  const examples = parameters
    .filter(({ in: place }) => place === 'query')
    .flatMap((parameter) => {
      const { example, examples: more = {} } = { examples: undefined, ...parameter };
      const values = [example, ...Object.values<{ value: unknown }>(more).map(({ value }) => value)];
      return values.filter((value) => value !== undefined).map((value) => [parameter.name, value] as const);
    });
  expect(examples.length).toBeGreaterThan(6);
  for (const [parameter, value] of examples) {
    const sent = typeof value === 'string' ? { [parameter]: value } : (value as Record<string, string>);
    const query = new URLSearchParams({ ...(parameter === 'metadata' && { userId: 'ann' }), ...sent });
    expect([parameter, value, (await app.inject(`${url}?${query.toString()}`)).statusCode]).toEqual([
      parameter,
      value,
      200,
    ]);
  }
});

test('both media types have an example of the right form', () => {
  const content = responses['200']?.content ?? {};
  expect(Object.keys(content)).toEqual(['application/x-ndjson', 'text/csv']);
  const [line] = linesIn(String(content['application/x-ndjson']?.example));
  expect(faultsOf('Activity', line)).toBe('');
  expect(String(content['text/csv']?.example).startsWith(csvHeader)).toBe(true);
  expect(Object.keys(responses['200']?.headers ?? {})).toContain('Content-Disposition');
});

test('each line is valid for the schema of an activity', async () => {
  const it = await service();
  await it.repository.save([sampleActivity(), sampleActivity({ metadata: { a: [1, null] } })]);
  const { body } = await it.app.inject(url);
  for (const line of linesIn(body)) expect(faultsOf('Activity', line)).toBe('');
});

test('each error status that the route returns is described, as a problem', async () => {
  const it = await service({ apiKeys: ['key'] });
  const headers = { 'x-api-key': 'key' };
  const problems = [
    await it.app.inject({ url: `${url}?page=1`, headers }),
    await it.app.inject(url),
    await it.app.inject({ method: 'POST', url, headers }),
  ];
  it.store.reachable = false;
  problems.push(await it.app.inject({ url, headers }));
  expect(problems.map(({ statusCode }) => statusCode)).toEqual([400, 401, 405, 503]);
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

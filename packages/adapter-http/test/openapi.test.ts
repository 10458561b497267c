import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { ActivityId, unlessBroken } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idempotencyKeyIn } from '../src/bodies/idempotency-key.ts';
import { reservedIds } from '../src/openapi/reserved-ids.ts';
import { documentOf, examplesOf, operationsOf, resolved } from './openapi-document.ts';
import { service } from './service.ts';

const document = await documentOf();
const operations = operationsOf(document);
const open = new Set(['live', 'ready', 'allowEvents']);

/** Returns what Redocly's linter finds with all its recommended rules. Warnings count as errors. */
async function lint(source: object): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'tag-description': 'error',
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(source), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

describe('the linter', () => {
  test('finds nothing wrong', async () => {
    expect(await lint(document)).toEqual([]);
  });

  test('would find a missing member, and an example that breaks its schema', async () => {
    const text = JSON.stringify(document);
    const faults = await Promise.all([
      lint(JSON.parse(text.replace('"operationId":"logActivity",', '')) as object),
      lint(JSON.parse(text.replace('"example":{"id":"0197', '"example":{"id":5,"was":"0197')) as object),
    ]);
    expect(faults.map((found) => found[0]?.split(' ')[0])).toEqual([
      'operation-operationId',
      'no-invalid-media-type-examples',
    ]);
  });
});

/** Returns what Spectral's rules for OpenAPI find in each document, including warnings. */
function lintedBySpectral(...sources: readonly object[]): string[][] {
  const program = join(import.meta.dirname, 'spectral.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], {
    input: JSON.stringify(sources),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

test('Spectral finds nothing wrong either', () => {
  const [found, foundInFaulty] = lintedBySpectral(document, { ...document, info: { title: 'x' } });
  expect(found).toEqual([]);
  expect(foundInFaulty).toContainEqual(expect.stringContaining('oas3-schema info'));
});

describe('for generators of clients', () => {
  const { schemas } = document.components;

  test('schemas have names', () => {
    expect(Object.keys(schemas)).toEqual([
      'Activity',
      'ActivityCount',
      'ActivityLines',
      'ActivityPage',
      'ActivityStats',
      'ActivityStatus',
      'AliasCall',
      'AliasItem',
      'BatchReceipt',
      'Bytes',
      'CloudEvent',
      'DeadLetter',
      'DeadLetterCode',
      'DeadLetterOrigin',
      'DeadLetterPage',
      'Erasure',
      'ErasureReceipt',
      'EventReceipt',
      'FeedPage',
      'FeedPagination',
      'GroupCall',
      'GroupItem',
      'Health',
      'HealthHistory',
      'HealthPoint',
      'HealthStatus',
      'IdentifyCall',
      'IdentifyItem',
      'Key',
      'KeyLimits',
      'KeyList',
      'KeyRotation',
      'KeyWithSecret',
      'Metadata',
      'NewActivity',
      'NewKey',
      'Order',
      'Outcome',
      'PageCall',
      'PageItem',
      'Pagination',
      'Problem',
      'ProjectDetails',
      'ProjectLimits',
      'ProjectPage',
      'ProjectSettings',
      'RejectedItem',
      'ReplayReceipt',
      'ReplayRequest',
      'Scope',
      'ScreenCall',
      'ScreenItem',
      'SegmentBatch',
      'SegmentDetails',
      'SegmentReceipt',
      'SegmentUserId',
      'StatsLine',
      'StatsUnit',
      'TrackCall',
      'TrackItem',
      'Violation',
    ]);
    // Only this service's own code reads this keyword.
    expect(JSON.stringify(document)).not.toContain('x-component');
  });

  test('every JSON response has one of these schemas', () => {
    const inline = operations.flatMap(({ name, responses }) =>
      Object.entries(responses).flatMap(([status, response]) =>
        Object.entries(resolved(document, response).content)
          .filter(
            ([type, { schema }]) => type.endsWith('json') && !('$ref' in schema) && !('anyOf' in schema),
          )
          .map(([type]) => `${name} ${status} ${type}`),
      ),
    );
    expect(inline).toEqual([]);
  });

  test('no pattern needs Unicode classes, which few languages support', () => {
    expect(JSON.stringify(document)).not.toMatch(/\\\\[pP]\{/);
  });

  test('schemas that allow further members or null are marked as such', () => {
    const isOpen = Object.entries(schemas).flatMap(([name, { additionalProperties }]) =>
      additionalProperties === true ? [name] : [],
    );
    expect(isOpen).toEqual(
      expect.arrayContaining(['CloudEvent', 'Metadata', 'SegmentBatch', 'TrackCall', 'TrackItem']),
    );
    expect(schemas['Pagination']?.properties?.['nextCursor']).toMatchObject({ type: ['string', 'null'] });
    expect(JSON.stringify(schemas)).not.toContain('{"type":"null"},{"type":"string"}');
  });

  test('no example of a request has an id, so that sending it twice logs two activities; only a CloudEvent needs one', () => {
    const withId = operations.flatMap(({ name, requestBody, parameters = [] }) => [
      ...Object.entries(requestBody?.content ?? {})
        .filter(([, { example }]) => /"(?:id|messageId)":/.test(JSON.stringify(example)))
        .map(([type]) => `${name} ${type}`),
      ...parameters.filter((one) => one.name === 'idempotency-key' && 'example' in one).map(() => name),
    ]);
    expect(withId).toEqual([
      'post /api/events application/cloudevents+json',
      'post /api/events application/cloudevents-batch+json',
    ]);
  });
});

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  const { operationId, requestBody, responses, tags, summary, parameters = [] } = operation;
  const statuses = Object.keys(responses);

  test('has an id, a summary and a tag', () => {
    expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
    expect(summary).toMatch(/^[A-Z].+[^.]$/);
    expect(tags).toHaveLength(1);
    for (const parameter of parameters.filter(({ in: place }) => place === 'query'))
      expect(parameter).toHaveProperty('schema');
  });

  test('lists every status', () => {
    const needed = new Set(open.has(operationId) ? ['503', '405', '431'] : ['400', '401', '405', '431']);
    if (requestBody !== undefined) for (const status of ['413', '415', '503']) needed.add(status);
    if (operationId.startsWith('find')) needed.add('503');
    expect(statuses).toEqual(expect.arrayContaining([...needed]));
  });

  test('has an example of every body, and describes the headers', () => {
    for (const [status, response] of Object.entries(responses)) {
      const { description, headers, content } = resolved(document, response);
      expect([status, description]).not.toEqual([status, expect.stringMatching(/^Default Response$|^$/)]);
      // Node answers 431 before there is a request.
      const common = status === '431' ? [] : ['X-Request-Id'];
      expect([status, Object.keys(headers)]).toEqual([status, expect.arrayContaining(common)]);
      const media = [...Object.values(content), ...Object.values(requestBody?.content ?? {})];
      for (const one of media) expect('example' in one || 'examples' in one).toBe(true);
    }
  });
});

test('refusals describe the remedy', () => {
  const post = operations.find(({ operationId }) => operationId === 'logActivity');
  const told = (status: string) => {
    const response = post?.responses[status];
    return response === undefined ? [] : Object.keys(resolved(document, response).headers);
  };
  expect(told('202')).toContain('Location');
  expect(told('401')).toContain('WWW-Authenticate');
  expect(told('405')).toContain('Allow');
  expect(told('415')).toContain('Accept-Post');
  expect(told('503')).toContain('Retry-After');
});

test('examples are valid for their schemas', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  const { components } = document;
  const broken = examplesOf(document).flatMap(({ where, schema, value }) => {
    const valid = ajv.compile({ ...schema, components });
    return valid(value) ? [] : [[where, ajv.errorsText(valid.errors)]];
  });
  expect(examplesOf(document).length).toBeGreaterThan(30);
  expect(broken).toEqual([]);
});

test('unusual requests and responses are valid for the schemas too', async () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  const { components } = document;
  const isValid = (name: string, value: unknown) =>
    ajv.compile({ $ref: `#/components/schemas/${name}`, components })(value);
  const { app } = await service();
  for (const url of ['/api/logs/count/status', '/api/logs/import/status'])
    expect([url, isValid('ActivityStatus', (await app.inject(url)).json())]).toEqual([url, true]);
  for (const some of [null, 5, 'text', false, [1], { a: [] }]) {
    const call = { userId: 'u', event: 'e', properties: some, context: some };
    const answer = await app.inject({ method: 'POST', url: '/v1/track', payload: call });
    expect([some, answer.json(), isValid('TrackCall', call)]).toMatchObject([some, { success: true }, true]);
  }
  for (const event of [null, 5, 'text']) expect(isValid('TrackCall', { userId: 'u', event })).toBe(true);
});

test('integers that may need 64 bits have the format int64', () => {
  const { schemas } = document.components;
  const long = { type: 'integer', format: 'int64' };
  expect(schemas).toMatchObject({
    DeadLetterOrigin: { properties: { offset: long } },
    DeadLetter: { properties: { size: long, cut: { properties: { size: long } } } },
    ActivityCount: { properties: { count: long } },
    StatsLine: { properties: { count: long } },
  });
});

test('bodies that may be absent are optional, and keys are required if there are root keys', async () => {
  const required = operations.map(({ name, requestBody }) => [name, requestBody?.required]);
  expect(Object.fromEntries(required)).toMatchObject({
    'post /api/logs': true,
    'post /api/events': false,
    'post /api/dead-letters/replay': true,
  });
  expect(document.security).toContainEqual({});
  expect((await documentOf(['a-key'])).security).toEqual([{ bearer: [] }, { apiKey: [] }, { basic: [] }]);
});

test('the pattern of Idempotency-Key accepts exactly the valid keys, bare or quoted', () => {
  const [header] =
    operations
      .find(({ operationId }) => operationId === 'logActivity')
      ?.parameters?.filter(({ name }) => name === 'idempotency-key') ?? [];
  const described = new RegExp(header?.schema?.pattern ?? 'missing');
  const some = fc.constantFrom('"', '\\', '.', 'count', 'a', '~', ' ', 'é', 'x'.repeat(64));
  fc.assert(
    fc.property(fc.array(some, { maxLength: 6 }), fc.boolean(), (parts, quoted) => {
      const value = quoted ? `"${parts.join('')}"` : parts.join('');
      fc.pre(value === value.trim() && value !== '');
      const key = idempotencyKeyIn({ 'idempotency-key': value });
      expect([value, described.test(value)]).toEqual([
        value,
        unlessBroken(() => ActivityId.parse(key)) !== undefined && !reservedIds.has(key ?? ''),
      ]);
    }),
    { numRuns: 2000 },
  );
});

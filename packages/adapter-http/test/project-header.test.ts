import * as fc from 'fast-check';
import { ProjectId, unlessBroken } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { documentOf, operationsOf } from './openapi-document.ts';
import { loggings, ofProcess, others, readings, streams, type Sent } from './routes-of-projects.ts';
import { post, refusal, seen, type Service, service } from './service.ts';

const rule = 'must be 1-64 characters of a-z, 0-9 and "-", and must not begin with "-"';
const ours = 'must not begin with "_": such names are the service\'s own';
const once = 'must be given once, with one name';

const badNames: readonly (readonly [name: string, message: string])[] = [
  ['Shop', rule],
  ['SHOP', rule],
  ['', rule],
  ['x'.repeat(65), rule],
  ['-shop', rule],
  ['_shop', ours],
  ['__proto__', ours],
  ['_System', ours],
  ['two words', rule],
  ['shop.eu', rule],
  ['shop_eu', rule],
  ['caf\u00e9', rule],
  ['"shop"', rule],
  ['%73hop', rule],
  ['shop, forum', once],
  ['shop, shop', once],
  ['shop,', once],
];

const ask = ({ app }: Service, { headers, ...sent }: Sent, project: string) =>
  app.inject({ ...sent, headers: { ...headers, 'x-project': project } });

const refused = (message: string): object => ({
  status: 400,
  body: {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: `The header X-Project ${message}.`,
    errors: [{ path: '/X-Project', message }],
  },
});

const everyRoute = Object.entries({ ...readings, ...loggings, ...others });

test('every route refuses every bad name, and does nothing', async () => {
  const it = await service();
  for (const [route, sent] of everyRoute)
    for (const [name, message] of badNames) {
      const response = await ask(it, sent, name);
      expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect([route, name, seen(response)]).toEqual([route, name, refused(message)]);
    }
  expect([it.logged(), it.store.letters.size]).toEqual([[], 0]);
});

test('every route takes every good name', async () => {
  const it = await service();
  for (const [route, sent] of everyRoute)
    for (const name of ['a', '0', 'shop-', 'a--b', 'default', 'x'.repeat(64)])
      expect([route, name, (await ask(it, sent, name)).statusCode]).not.toEqual([route, name, 400]);
});

test('below /api and /v1, Vary names the project and the key, and for reads also the encoding', async () => {
  const it = await service();
  const pagesUse = { ...loggings, 'OPTIONS /api/events': undefined };
  for (const [route, sent] of everyRoute)
    for (const name of ['shop', 'BAD'])
      expect([route, (await ask(it, sent, name)).headers.vary]).toEqual([
        route,
        // Pages of other origins may read the responses of these routes.
        `${route in pagesUse ? 'Origin, ' : ''}Authorization, X-Api-Key, X-Project${route.startsWith('GET') ? ', Accept-Encoding' : ''}`,
      ]);
  for (const url of ['/health/live', '/metrics', '/openapi.json', '/api/nothing'])
    expect([url, (await ask(it, { method: 'GET', url }, 'shop')).headers.vary]).toEqual([url, undefined]);
});

test('_system may be read, but not written to', async () => {
  const it = await service();
  for (const [route, sent] of Object.entries(readings))
    expect([route, (await ask(it, sent, '_system')).statusCode]).not.toEqual([route, 400]);
  for (const [route, sent] of Object.entries({ ...loggings, ...others }))
    expect([route, seen(await ask(it, sent, '_system'))]).toEqual([route, refused(ours)]);
  expect([it.logged(), it.store.letters.size]).toEqual([[], 0]);
});

test('other routes ignore the header, and a wrong method or path is refused whatever the header is', async () => {
  const it = await service();
  for (const url of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs'])
    expect([url, (await ask(it, { method: 'GET', url }, 'BAD')).statusCode]).toEqual([url, 200]);
  expect((await ask(it, { method: 'DELETE', url: '/api/logs' }, 'BAD')).statusCode).toBe(405);
  expect((await ask(it, { method: 'GET', url: '/v1/track' }, '_system')).statusCode).toBe(405);
  expect((await ask(it, { method: 'GET', url: '/api/nothing' }, 'BAD')).statusCode).toBe(404);
  expect((await ask(it, { method: 'GET', url: '/api/logs/?limit=0' }, 'BAD')).json()).toMatchObject({
    errors: [{ path: '/X-Project' }],
  });
  expect(
    (await it.app.inject({ method: 'HEAD', url: '/api/logs', headers: { 'x-project': 'BAD' } })).statusCode,
  ).toBe(400);
});

test('a request without a key is refused before its project is read', async () => {
  const it = await service({ apiKeys: ['key'] });
  expect((await ask(it, { method: 'GET', url: '/api/logs' }, 'BAD')).statusCode).toBe(401);
});

describe('only the header chooses the project', () => {
  const attributes = {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '/s',
    'ce-type': 'login',
    'ce-subject': 'ann',
    'ce-project': 'Attribute of the event',
  };
  const event = { specversion: '1.0', id: '1', source: '/s', type: 'login', subject: 'ann' };

  test.each<[string, Record<string, string>, string]>([
    ['binary', attributes, ''],
    [
      'structured',
      { 'content-type': 'application/cloudevents+json' },
      JSON.stringify({ ...event, project: 'Attribute of the event' }),
    ],
  ])('the attribute `project` of an event in %s mode stays in its metadata', async (_, headers, payload) => {
    const it = await service();
    const sent = { method: 'POST', url: '/api/events', headers, payload } as const;
    expect((await it.app.inject(sent)).statusCode).toBe(202);
    expect((await ask(it, sent, 'shop')).statusCode).toBe(202);
    const activities = it.logged().map(({ content }) => content);
    const metadata = { cloudevent: { project: 'Attribute of the event' } };
    expect(activities).toMatchObject([
      { activity: { project: 'default', metadata } },
      { activity: { project: 'shop', metadata } },
    ]);
  });

  const message = 'is not a known field; the header X-Project names the project';
  const draft = { userId: 'ann', type: 'LOGIN', project: 'shop' };

  test('a draft that names a project is refused, and the message names the header', async () => {
    const it = await service();
    expect(seen(await post(it.app, '/api/logs', draft, { 'x-project': 'shop' }))).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/project', message }] },
    });
    expect(seen(await post(it.app, '/api/logs/batch', [draft]))).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/0/project', message }] },
    });
    const { project: _project, ...good } = draft;
    expect(seen(await post(it.app, '/api/logs/batch', [good, draft]))).toMatchObject({
      status: 202,
      body: { rejected: [{ index: 1, errors: [{ path: '/project', message }] }] },
    });
    const replay = { all: true, project: 'shop' };
    expect(seen(await post(it.app, '/api/dead-letters/replay', replay))).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/project', message }] },
    });
    expect(it.logged()).toHaveLength(1);
  });

  test('a query that names a project is refused, and the message names the header', async () => {
    const { app } = await service();
    for (const url of ['/api/logs', '/api/logs/count', '/api/logs/a', '/api/dead-letters'])
      expect(seen(await app.inject(`${url}?project=shop`))).toMatchObject({
        status: 400,
        body: {
          errors: [
            {
              path: '/project',
              message: expect.stringMatching(/; the header X-Project names the project$/) as unknown,
            },
          ],
        },
      });
  });

  test('metadata may have a member `project`', async () => {
    const it = await service();
    const { project, ...good } = draft;
    await post(it.app, '/api/logs', { ...good, metadata: { project } });
    expect(it.logged()).toMatchObject([
      { content: { activity: { project: 'default', metadata: { project: 'shop' } } } },
    ]);
    expect(seen(await post(it.app, '/api/logs', { ...good, metadata: 1 }))).toMatchObject(refusal(422, /./));
  });
});

describe('the documentation', async () => {
  const document = await documentOf();
  const operations = operationsOf(document);
  const references = (names: readonly string[]) =>
    names.map((name) => ({ $ref: `#/components/parameters/${name}` }));

  test('names the header once for each route that reads it, and says whether _system is allowed', () => {
    const headers = operations.map(({ name, parameters = [] }) => [
      name,
      parameters.filter((parameter) => parameter.in !== 'path' && /Project/i.test(JSON.stringify(parameter))),
    ]);
    const documented = (name: string): string =>
      name.replace(/^\w+/, (method) => method.toUpperCase()).replace('{id}', ':id');
    expect(headers).toEqual(
      operations.map(({ name }) => [
        name,
        references(
          documented(name) in readings || documented(name) in streams
            ? ['ReadableProject']
            : documented(name) in ofProcess || !/ \/(?:api|v1)\//.test(name)
              ? []
              : ['Project'],
        ),
      ]),
    );
    expect(JSON.stringify(document)).not.toContain('x-project');
  });

  test('gives the rule and the default', () => {
    const { Project, ReadableProject } = document.components.parameters;
    const patternOf = (parameter: typeof Project) => new RegExp(parameter?.schema?.pattern ?? 'missing');
    const rules: unknown = expect.stringMatching(/1-64 characters from `a-z`.* Default: `default`\./);
    expect([Project, ReadableProject]).toMatchObject([
      { name: 'X-Project', in: 'header', description: rules },
      { name: 'X-Project', in: 'header', description: rules },
    ]);
    const character = fc.constantFrom('a', 'z', '0', '9', '-', '_', 'A', '.', ' ', 'é', 'x'.repeat(32));
    const names = fc.oneof(fc.array(character, { maxLength: 4 }), fc.constant(['_system']));
    fc.assert(
      fc.property(names, (parts) => {
        const name = parts.join('');
        for (const [parameter, parse] of [
          [Project, ProjectId.parse],
          [ReadableProject, ProjectId.parseReadable],
        ] as const)
          expect([name, patternOf(parameter).test(name)]).toEqual([
            name,
            unlessBroken(() => parse(name)) !== undefined,
          ]);
      }),
      { numRuns: 1000 },
    );
  });
});

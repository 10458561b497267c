import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { type Changed, service } from './service.ts';

const files: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>Page</title>',
  'index.html.br': 'page by Brotli',
  'index.html.gz': 'page by gzip',
  'secret.txt': 'not an asset',
  'assets/index-Ab_1.js': 'script()',
  'assets/index-Ab_1.js.br': 'script by Brotli',
  'assets/index-Ab_1.css': 'b{}',
  'assets/icon.svg': '<svg/>',
  'assets/index-Ab_1.js.map': '{}',
  'assets/.hidden.js': 'hidden',
};

/** Starts the API with a dashboard of these files. */
async function withSite(changed: Changed = {}): Promise<FastifyInstance> {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'assets'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const siteFolder = pathToFileURL(`${folder}/`);
  return (await service({ siteFolder, ...changed })).app;
}

const get = (app: FastifyInstance, url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers });

test('the page is sent with a policy that allows only files of the service', async () => {
  const { statusCode, headers, body } = await get(await withSite(), '/?view=explore');
  expect(statusCode).toBe(200);
  expect(body).toBe(files['index.html']);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['cache-control']).toBe('no-cache');
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('a browser that has the page gets 304 until the page changes', async () => {
  const app = await withSite();
  const { etag } = (await get(app, '/')).headers;
  expect((await get(app, '/', { 'if-none-match': String(etag) })).statusCode).toBe(304);
  expect((await get(app, '/', { 'if-none-match': '"other"' })).statusCode).toBe(200);
});

test.each([
  ['/assets/index-Ab_1.js', 'application/javascript; charset=utf-8'],
  ['/assets/index-Ab_1.css', 'text/css; charset=utf-8'],
  ['/assets/icon.svg', 'image/svg+xml'],
])('%s is %s, and browsers may cache it', async (url, mediaType) => {
  const { statusCode, headers } = await get(await withSite(), url);
  expect([statusCode, headers['content-type']]).toEqual([200, mediaType]);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test.each([
  ['/', 'br, gzip', 'br', 'page by Brotli'],
  ['/', 'gzip', 'gzip', 'page by gzip'],
  ['/assets/index-Ab_1.js', 'gzip, br', 'br', 'script by Brotli'],
  ['/assets/index-Ab_1.js', 'gzip', undefined, 'script()'],
  ['/assets/index-Ab_1.js', 'identity', undefined, 'script()'],
])('%s for a client that accepts %s is encoded as %s', async (url, accepted, encoding, content) => {
  const { statusCode, headers, body } = await get(await withSite(), url, { 'accept-encoding': accepted });
  expect([statusCode, headers['content-encoding'], body]).toEqual([200, encoding, content]);
  expect(String(headers['vary']).toLowerCase()).toContain('accept-encoding');
});

test.each([
  '/assets',
  '/assets/none.js',
  '/assets/index-Ab_1.js.br',
  '/assets/index-Ab_1.js.map',
  '/assets/.hidden.js',
  '/assets/..%2Fsecret.txt',
  '/assets/..%2findex.html',
  '/assets/%2e%2e/secret.txt',
  '/assets/../secret.txt',
  '/assets/%00.js',
  '/assets/a%5C..%5Cb.js',
  '/secret.txt',
  '/index.html',
  '/.stamp',
])('%s is 404', async (url) => {
  const { statusCode, headers } = await get(await withSite(), url);
  expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json']);
});

test.each(['/', '/assets/index-Ab_1.js'])('%s has only GET and HEAD', async (url) => {
  const app = await withSite();
  const { statusCode, headers } = await app.inject({ method: 'POST', url });
  expect([statusCode, headers.allow]).toEqual([405, 'GET, HEAD']);
  const { statusCode: status, body } = await app.inject({ method: 'HEAD', url });
  expect([status, body]).toEqual([200, '']);
});

test('the files need no key, but data does', async () => {
  const app = await withSite({ apiKeys: ['a-root-key'] });
  const statuses = ['/', '/assets/index-Ab_1.js', '/api/logs'].map(
    async (url) => (await get(app, url)).statusCode,
  );
  expect(await Promise.all(statuses)).toEqual([200, 200, 401]);
});

test('without root keys, the page is served only on allowed hosts, and links from other sites may open it', async () => {
  const app = await withSite();
  expect((await get(app, '/', { host: 'evil.example' })).statusCode).toBe(403);
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect((await get(app, '/', link)).statusCode).toBe(200);
  expect((await get(app, '/', { ...link, 'sec-fetch-dest': 'iframe' })).statusCode).toBe(403);
});

test('if the folder has no page, / redirects to the documentation, and a warning is logged', async () => {
  const { app, lines } = await service({ siteFolder: new URL('./no-such-folder/', import.meta.url) });
  expect((await get(app, '/')).headers.location).toBe('/docs');
  expect(lines.filter((line) => line.includes('the dashboard is not built'))).toHaveLength(1);
});

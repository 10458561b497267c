import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { unknownPathProblem } from '../requests/error-handling.ts';

/**
 * The policy of the dashboard's page. It may load only files of this service, and no other page may frame it. No script or style may be
 * inline.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No code can turn a string into HTML.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Matches the names of files that the page loads. Compressed copies do not match: they are sent in place of these files. */
const assetName = /^[\w-]+(?:\.[\w-]+)*\.(?:css|js|svg)$/;

// Anyone may load the page, because its files hold no data. It asks for a key before it shows any.
const open = { scope: 'any', needsNoKey: () => true } as const;

interface SiteSettings {
  readonly siteFolder?: URL | undefined;
}

/**
 * Serves the page of a built dashboard at `/`, and its files at `/assets/`. Browsers cache these files for a year, because the name of a
 * file changes with its content. Without a dashboard, `/` redirects to the documentation.
 */
export async function serveSite(app: FastifyInstance, { siteFolder }: SiteSettings): Promise<void> {
  const schema = { hide: true };
  const page = siteFolder && new URL('index.html', siteFolder);
  if (siteFolder === undefined || page === undefined || !existsSync(page)) {
    if (siteFolder !== undefined) app.log.warn('the dashboard is not built: / redirects to /docs');
    app.get('/', { schema, config: { scope: 'any' } }, async (_request, reply) =>
      reply.redirect('/docs', 302),
    );
    return;
  }
  // The `ETag` is a digest of the content. Size and time do not show a change: packages and images give every file the same time, and the
  // page keeps its size if only names of assets change.
  const etag = `"${createHash('sha256').update(readFileSync(page)).digest('base64url')}"`;
  // The plugin has a scope of its own, because the documentation registers it too.
  await app.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root: fileURLToPath(siteFolder),
      serve: false,
      preCompressed: true,
      dotfiles: 'ignore',
      acceptRanges: false,
    });
    scope.get('/', { schema, config: open }, async (request, reply) => {
      reply.headers({ 'content-security-policy': contentSecurityPolicy, 'cache-control': 'no-cache', etag });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.sendFile('index.html', { cacheControl: false, etag: false, lastModified: false });
    });
    scope.get<{ Params: { file: string } }>(
      '/assets/:file',
      { schema, config: open },
      async (request, reply) => {
        if (!assetName.test(request.params.file)) throw unknownPathProblem();
        return reply.sendFile(`assets/${request.params.file}`, { maxAge: '365d', immutable: true });
      },
    );
  });
}

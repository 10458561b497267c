import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { unknownPathProblem } from '../requests/error-handling.ts';

/** The page may load only files of this service, and no other page may frame it. No script or style may be inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No code can make HTML of a string.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The names of files that the page asks for. Compressed copies have other names, and are sent in their place. */
const assetName = /^[\w-]+(?:\.[\w-]+)*\.(?:css|js|svg)$/;

// The files hold no data: anyone may have them, and the page asks for a key before it shows any.
const open = { scope: 'any', needsNoKey: () => true } as const;

interface SiteSettings {
  readonly siteFolder?: URL | undefined;
}

/**
 * Serves the page of a built site at `/`, and its files at `/assets/`. The name of a file there changes with its content, so browsers keep
 * it for ever. Without a site, `/` redirects to the documentation.
 */
export async function serveSite(app: FastifyInstance, { siteFolder }: SiteSettings): Promise<void> {
  const schema = { hide: true };
  const page = siteFolder && new URL('index.html', siteFolder);
  if (siteFolder === undefined || page === undefined || !existsSync(page)) {
    if (siteFolder !== undefined) app.log.warn('the dashboard is not built: / leads to /docs');
    app.get('/', { schema, config: { scope: 'any' } }, async (_request, reply) =>
      reply.redirect('/docs', 302),
    );
    return;
  }
  // By the content: packages and images give every file the same time, and the page keeps its size if only names of assets change.
  const etag = `"${createHash('sha256').update(readFileSync(page)).digest('base64url')}"`;
  // In a scope of its own, as the documentation has such a plugin, too.
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

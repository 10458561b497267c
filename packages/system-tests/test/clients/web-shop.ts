import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const require = createRequire(import.meta.url);

/** The bundled builds of the SDKs, as their packages have them. The package of RudderStack exports only the builds for Node by name. */
const scripts: ReadonlyMap<string, string> = new Map([
  ['/segment.js', require.resolve('@segment/analytics-next/dist/umd/index.js')],
  ['/rudderstack.js', join(dirname(require.resolve('@rudderstack/analytics-js/bundled')), '../umd/index.js')],
]);

/** What RudderStack's control plane answers: a source without destinations. */
const sourceConfig = JSON.stringify({
  source: { id: 'shop', name: 'shop', writeKey: '', enabled: true, config: {}, destinations: [] },
});

/** Serves an empty page with the SDKs, and the source config of RudderStack, until the test ends. Returns the port. */
export async function webShop(): Promise<number> {
  const server = createServer(({ url = '' }, response) => {
    const path = url.split('?', 1)[0] ?? '';
    const script = scripts.get(path);
    const [type, body] =
      script !== undefined
        ? ['text/javascript', readFileSync(script)]
        : path === '/sourceConfig/'
          ? ['application/json', sourceConfig]
          : ['text/html', '<!doctype html><meta charset="utf-8"><title>Shop</title>'];
    response.setHeader('content-type', type).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

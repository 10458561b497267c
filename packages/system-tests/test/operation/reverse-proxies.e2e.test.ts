import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  debianProgram,
  freePorts,
  GuardedProcess,
  makeTlsFiles,
  ServiceProcess,
  temporaryFolder,
  type TlsFiles,
} from '@user-activity/test-kit';
import { describe, expect, onTestFinished, test } from 'vitest';

const deploy = join(import.meta.dirname, '..', '..', '..', '..', 'deploy');
const text = (path: string): string => readFileSync(join(deploy, path), 'utf8');
const key = 'a-root-key';

/** What a configuration needs to run in a test. */
interface Site {
  readonly folder: string;
  readonly port: number;
  /** `host:port` of the API. */
  readonly api: string;
  readonly tls: TlsFiles;
}

/** Replaces a part of a documented file. Throws if the file does not have it. */
function replaced(file: string, part: RegExp, value: string): string {
  if (!part.test(file)) throw new Error(`The file has no ${part.source}.`);
  return file.replaceAll(new RegExp(part, 'g'), value);
}

function startNginx({ folder, port, api, tls }: Site): GuardedProcess {
  let site = text('nginx/user-activity.conf');
  site = replaced(site, /server 127\.0\.0\.1:3000/, `server ${api}`);
  site = replaced(site, /server \{\n {4}listen 80;.*?\n\}\n/s, '');
  site = replaced(site, /listen 443/, `listen 127.0.0.1:${port}`);
  site = replaced(site, /ssl_certificate \S+;/, `ssl_certificate ${tls.keyAndCertificate};`);
  site = replaced(site, /ssl_certificate_key \S+;/, `ssl_certificate_key ${tls.keyAndCertificate};`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn; events {}
http { access_log off; ${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
${site} }`;
  writeFileSync(join(folder, 'nginx.conf'), main);
  const program = debianProgram({ program: 'nginx', package: 'nginx', path: 'usr/sbin/nginx' });
  const args = ['-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-p', folder];
  return new GuardedProcess('nginx', program, args, folder);
}

function startCaddy({ folder, port, api, tls }: Site): GuardedProcess {
  let site = text('caddy/Caddyfile');
  const [own, path] = [`https://127.0.0.1:${port} {`, tls.keyAndCertificate];
  site = replaced(site, /logs\.example\.com \{/, `${own}\n\ttls ${path} ${path}`);
  site = replaced(site, /reverse_proxy 127\.0\.0\.1:3000/, `reverse_proxy ${api}`);
  mkdirSync(join(folder, 'caddy'));
  const global = `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}/caddy\n}\n`;
  writeFileSync(join(folder, 'Caddyfile'), global + site);
  const program = debianProgram({ program: 'caddy', package: 'caddy' });
  const args = ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
  return new GuardedProcess('Caddy', program, args, folder);
}

interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** The address of the client. Default: 127.0.0.1. */
  readonly from?: string;
}

/** A client of the proxy. */
class Client {
  readonly #port: number;
  readonly #ca: Buffer;

  constructor(port: number, { certificate }: TlsFiles) {
    this.#port = port;
    this.#ca = readFileSync(certificate);
  }

  /** Resolves with the response once its headers are here. */
  async open(
    path: string,
    { method = 'GET', headers = {}, body, from }: Sent = {},
  ): Promise<IncomingMessage> {
    const sent = request({
      host: '127.0.0.1',
      port: this.#port,
      path,
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ca: this.#ca,
      agent: false,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  async send(
    path: string,
    sent: Sent = {},
  ): Promise<{ status: number | undefined; body: Buffer; headers: IncomingMessage['headers'] }> {
    const response = await this.open(path, sent);
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
  }

  post(body: string | Buffer, headers: OutgoingHttpHeaders = {}, path = '/api/logs') {
    const own = { 'content-type': 'application/json', ...headers };
    return this.send(path, { method: 'POST', headers: own, body });
  }

  /** Resolves once the proxy passes requests on. */
  async ready(): Promise<void> {
    for (;;) {
      const answer = await this.send('/health/ready').catch(() => undefined);
      if (answer?.status === 200) return;
      await delay(20);
    }
  }
}

/** Starts a service and a proxy in front of it. */
async function startBehind(startProxy: (site: Site) => GuardedProcess): Promise<Client> {
  const { path: folder, remove } = temporaryFolder('proxy');
  const environment = { API_KEYS: key, TRUSTED_PROXIES: '127.0.0.1' };
  const service = new ServiceProcess({ folder: join(folder, 'data'), environment });
  const api = new URL(await service.ready()).host;
  const [port = 0] = await freePorts(1);
  const tls = makeTlsFiles(folder);
  const proxy = startProxy({ folder, port, api, tls });
  onTestFinished(async () => {
    await Promise.all([proxy.kill(), service.end('SIGKILL')]);
    remove();
  });
  const client = new Client(port, tls);
  await proxy.until(client.ready());
  return client;
}

const activity = (id: string) => ({ id, userId: 'ann', type: 'VIEW' });

describe.each([
  ['nginx', startNginx],
  ['Caddy', startCaddy],
])('behind %s as documented', (_, startProxy) => {
  test('passes on requests, large and compressed bodies, long waits and compressed responses', async () => {
    const client = await startBehind(startProxy);
    const stored = await client.post(JSON.stringify(activity('one')), { prefer: 'wait=30' });
    expect([stored.status, stored.headers['strict-transport-security']]).toEqual([201, 'max-age=31536000']);

    const filler = 'x'.repeat(10_000);
    const items = Array.from({ length: 1030 }, (__, index) => ({
      ...activity(`many-${index}`),
      metadata: { filler },
    }));
    const large = JSON.stringify(items);
    expect(large.length).toBeGreaterThan(10_300_000);
    expect((await client.post(large, {}, '/api/logs/batch')).status).toBe(202);
    // The service refuses a body that is too large when it is decoded, and not the proxy.
    const bomb = gzipSync(`[${' '.repeat(11_000_000)}]`);
    const tooLarge = await client.post(bomb, { 'content-encoding': 'gzip' }, '/api/logs/batch');
    expect([tooLarge.status, tooLarge.headers['content-type']]).toEqual([413, 'application/problem+json']);
    const compressed = gzipSync(JSON.stringify(activity('compressed')));
    expect((await client.post(compressed, { 'content-encoding': 'gzip' })).status).toBe(202);

    const page = async () =>
      client.send('/api/logs?userId=ann&limit=100', { headers: { 'accept-encoding': 'gzip' } });
    const { headers, body } = await page();
    expect([headers['content-encoding'], gunzipSync(body).includes('"userId":"ann"')]).toEqual([
      'gzip',
      true,
    ]);
    const exported = await client.send('/api/logs/export?userId=ann');
    expect([exported.status, exported.body.includes('"id":"one"')]).toEqual([200, true]);
    const scrape = await client.send('/metrics');
    expect(scrape.status).toBe(404);
  });

  test('passes on each event of a stream at once, and lets a poll wait', async () => {
    const client = await startBehind(startProxy);
    const stream = await client.open('/api/logs/stream?from=now');
    expect(stream.headers['content-type']).toBe('text/event-stream');
    let received = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (received += chunk));
    const { body } = await client.send('/api/logs/feed?from=now');
    const { pagination } = JSON.parse(body.toString()) as { pagination: { nextCursor: string } };
    const poll = client.send(`/api/logs/feed?wait=30&cursor=${pagination.nextCursor}`);
    await client.post(JSON.stringify(activity('followed')));
    await expect.poll(() => received).toContain('"id":"followed"');
    expect((await poll).body.toString()).toContain('"id":"followed"');
    stream.destroy();
  });

  // Other systems have no 127.0.0.2.
  test.runIf(process.platform === 'linux')(
    "the service knows the client's address, which the client can't choose",
    async () => {
      const client = await startBehind(startProxy);
      const status = async (from: string, address: string): Promise<number | undefined> => {
        const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': address };
        return (await client.send('/api/logs', { from, headers })).status;
      };
      // After 100 wrong keys from one address, further ones get 429.
      for (let count = 0; count < 100; count += 1)
        expect(await status('127.0.0.2', `192.0.2.${count}`)).toBe(401);
      expect(await status('127.0.0.2', '192.0.2.200')).toBe(429);
      expect(await status('127.0.0.3', '127.0.0.2')).toBe(401);
    },
  );
});

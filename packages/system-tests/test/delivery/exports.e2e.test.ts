import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment } from '../deployment/deployment.ts';

interface Line {
  readonly id: string;
  readonly createdAt: string;
}

/** Makes a function that starts a service on the same data each time. */
function embedded(): () => ServiceProcess {
  const folder = temporaryFolder('exports');
  const started: ServiceProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(started.map((service) => service.end('SIGKILL')));
    folder.remove();
  });
  return () => {
    const service = new ServiceProcess({ folder: folder.path });
    started.push(service);
    return service;
  };
}

function onServers(): () => ServiceProcess {
  const deployment = new Deployment();
  return () => deployment.start('standalone');
}

const count = 600;
const oldest = Date.parse('2026-10-01T00:00:00Z');
// An export of this many is larger than the buffers of a connection that nobody reads.
const fill = 'x'.repeat(20_000);

/** Logs activities of three users, of which four share a time, and waits until they are stored. */
async function fillService(url: string): Promise<void> {
  const activities = Array.from({ length: count }, (_, index) => ({
    id: `id-${(index * 7919) % count}`,
    userId: `user-${index % 3}`,
    type: index % 2 === 0 ? 'VIEW' : 'EDIT',
    metadata: { fill, os: index % 5 === 0 ? 'ios' : 'linux' },
    createdAt: new Date(oldest + Math.floor(index / 4) * 1000).toISOString(),
  }));
  for (let from = 0; from < count; from += 100) {
    const response = await fetch(`${url}/api/logs/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activities.slice(from, from + 100)),
    });
    expect(response.status).toBe(202);
  }
  for (;;) {
    const response = await fetch(`${url}/api/logs/count`);
    if (((await response.json()) as { count: number }).count === count) return;
    await delay(20);
  }
}

/** Returns the data of all pages of `GET /api/logs`. */
async function walked(url: string, query: string): Promise<readonly unknown[]> {
  const data: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response = await fetch(
      `${url}/api/logs?limit=70&${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    const page = (await response.json()) as { data: unknown[]; pagination: { nextCursor: string | null } };
    data.push(...page.data);
    cursor = page.pagination.nextCursor;
  }
  return data;
}

const linesIn = (text: string): readonly Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

const idsIn = (text: string): readonly string[] => linesIn(text).map(({ id }) => id);

/** Reads an export until 10 lines have arrived, and calls `interrupt`. Returns all lines that arrive, and whether the export is complete. */
async function interrupted(url: string, interrupt: () => Promise<void>) {
  // A compressed export would fit into the buffers of the connection.
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('The export has no body.');
  let text = '';
  while (linesIn(text).length < 10) text += (await reader.read()).value ?? '';
  await interrupt();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return { text, isComplete: true };
  } catch {
    return { text, isComplete: false };
  }
}

test.each<[string, () => () => ServiceProcess]>([
  ['the embedded default', embedded],
  ['Kafka and MongoDB', onServers],
])(
  'an export equals all pages of the list, and can be continued after its process is killed, on %s',
  async (_kind, make) => {
    const start = make();
    const service = start();
    const url = await service.ready();
    await fillService(url);
    for (const filter of ['', 'userId=user-1&userId=user-2', 'type=edit', 'userId=user-0&metadata.os=ios'])
      for (const order of ['asc', 'desc']) {
        const query = `order=${order}&from=2026-10-01T00:00:20Z&to=2026-10-01T00:02:00Z&${filter}`;
        const response = await fetch(`${url}/api/logs/export?${query}`);
        expect([query, linesIn(await response.text())]).toEqual([query, await walked(url, query)]);
      }
    const whole = idsIn(await (await fetch(`${url}/api/logs/export`)).text());
    expect(whole).toHaveLength(count);
    const broken = await interrupted(
      `${url}/api/logs/export`,
      async () => void (await service.end('SIGKILL')),
    );
    const last = linesIn(broken.text).at(-1);
    if (last === undefined) throw new Error('Some lines have arrived.');
    const next = await start().ready();
    const after = encodeURIComponent(`${last.createdAt}~${last.id}`);
    const rest = idsIn(await (await fetch(`${next}/api/logs/export?after=${after}`)).text());
    expect(broken.isComplete).toBe(false);
    expect([...idsIn(broken.text), ...rest]).toEqual(whole);
  },
);

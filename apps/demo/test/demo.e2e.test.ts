import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActivityClient } from '@user-activity/client';
import { temporaryFolder } from '@user-activity/test-kit';
import { expect, test } from 'vitest';
import { RunningDemo } from './run-demo.ts';

const ready = /The demo is at (http:\S+) until/;

test('a small demo that is killed twice is complete afterwards, and starts again at once', async ({
  onTestFinished,
}) => {
  const { path, remove } = temporaryFolder('demo');
  onTestFinished(remove);
  const start = (...more: readonly string[]): RunningDemo => {
    const args = ['--data', join(path, 'data'), '--port', '0', '--activities', '60000', '--users', '200'];
    const demo = new RunningDemo([...args, ...more]);
    onTestFinished(async () => void (await demo.end('SIGKILL')));
    return demo;
  };

  const first = start('--quiet');
  await first.says(/activities logged/);
  await first.end('SIGKILL');
  const second = start('--quiet');
  await second.says(/activities logged/);
  expect(await second.end('SIGINT')).toBe(0);

  const third = start('--quiet');
  const [, url = ''] = await third.says(ready);
  const client = new ActivityClient({ url });
  expect(await client.count()).toBe(60_000);
  expect((await client.stats({ by: 'userId' })).data.length).toBe(200);
  const codes: string[] = [];
  for await (const { code } of client.deadLetters()) codes.push(code);
  expect(codes.toSorted()).toEqual(['conflict', 'conflict', 'conflict', 'invalid']);
  const links = [...third.output.matchAll(/http:\S+\/#\/explore\?(\S+)/g)];
  expect(links.length).toBe(6);
  for (const [, query] of links) {
    const found = (await (await fetch(`${url}/api/logs?limit=1&${query}`)).json()) as {
      readonly data: unknown[];
    };
    expect(found.data.length).toBe(1);
  }
  expect(await third.end('SIGTERM')).toBe(0);

  // The folder is filled already, so the demo logs only live activities.
  const fourth = start();
  const [, later = ''] = await fourth.says(ready);
  expect(fourth.output).not.toContain('logged');
  const live = new ActivityClient({ url: later });
  await expect.poll(() => live.count()).toBeGreaterThan(60_000);
  expect(await fourth.end('SIGTERM')).toBe(0);
});

test('refuses a folder with other files or with another demo, and deletes neither', async ({
  onTestFinished,
}) => {
  const { path, remove } = temporaryFolder('demo');
  onTestFinished(remove);
  const foreign = new RunningDemo(['--data', path, '--reset', '--port', '0']);
  writeFileSync(join(path, 'thesis.txt'), 'mine');
  expect(await foreign.exited).toBe(2);
  expect(foreign.output).toContain('holds files that are not from a demo');
  expect(readdirSync(path)).toEqual(['thesis.txt']);

  const data = join(path, 'data');
  const args = ['--data', data, '--port', '0', '--quiet', '--activities', '1000', '--users', '20'];
  const demo = new RunningDemo(args);
  await demo.says(ready);
  expect(await demo.end('SIGTERM')).toBe(0);
  const other = new RunningDemo(['--data', data, '--seed', '2', '--port', '0']);
  expect(await other.exited).toBe(2);
  expect(other.output).toContain('holds a demo with --seed 1. Pass --reset');
  expect(existsSync(join(data, 'demo.json'))).toBe(true);

  const again = new RunningDemo([...args, '--seed', '2', '--reset']);
  const [, url = ''] = await again.says(ready);
  expect(await new ActivityClient({ url }).count()).toBe(1000);
  expect(await again.end('SIGTERM')).toBe(0);
});

test('says what is wrong with an option', async () => {
  const demo = new RunningDemo(['--activities', '12']);
  expect(await demo.exited).toBe(2);
  expect(demo.output).toContain('It must be a whole number from 1000 to 10000000.');
});

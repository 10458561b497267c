import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const runner = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const domain = fileURLToPath(new URL('../../domain/src/index.ts', import.meta.url));

/** Runs an app, given as source text, in a process of its own until it exits. */
async function run(level: string, app: string): Promise<{ code: unknown; output: string }> {
  const program = `
    import { runConfigured } from ${JSON.stringify(runner)};
    await runConfigured(() => ({ LOG_LEVEL: ${JSON.stringify(level)} }), async () => (${app}));
  `;
  const flags = ['--conditions=@user-activity/source', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, closed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code: closed[0] as unknown, output };
}

test('the ready line is logged at any log level, and a stop signal ends the app with exit code 0', async () => {
  const stopping = "setInterval(() => process.kill(process.pid, 'SIGTERM'), 50)";
  const { code, output } = await run(
    'fatal',
    `{ url: 'http://x', timer: ${stopping}, stop: async () => {} }`,
  );
  expect(code).toBe(0);
  expect(output.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(output)).toMatchObject({ level: 30, msg: 'ready at http://x' });
});

test('an app with a failed component stops, logs why, and exits with 1', async () => {
  const { code, output } = await run(
    'info',
    "{ url: 'http://x', docs: '/docs', componentFailure: Promise.reject(new Error('it is gone')), stop: async () => {} }",
  );
  expect(code).toBe(1);
  const messages = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string; err?: { message: string } });
  expect(messages.map(({ msg }) => msg)).toEqual([
    'ready at http://x (documentation at /docs)',
    'a component failed, shutting down',
    'stopped',
  ]);
  expect(messages[1]?.err?.message).toBe('it is gone');
});

test('an app whose log does not match its store logs one line, and exits with 1', async () => {
  const mismatch = `new (await import(${JSON.stringify(domain)})).LogMismatch('It is another log.')`;
  const { code, output } = await run(
    'fatal',
    `{ url: 'http://x', componentFailure: Promise.reject(${mismatch}), stop: async () => {} }`,
  );
  expect(code).toBe(1);
  const last = JSON.parse(output.trim().split('\n').at(-1) ?? '') as object;
  expect(last).toMatchObject({ level: 60, msg: 'It is another log. This process is shutting down.' });
  expect(last).not.toHaveProperty('err');
});

test.each([
  ['rejection', "setTimeout(() => { Promise.reject(new Error('nobody handles this')); }, 20)"],
  ['exception', "setTimeout(() => { throw new Error('nobody handles this'); }, 20)"],
])('an unhandled %s ends the process with 1, and the log shows it', async (_, bug) => {
  const { code, output } = await run('info', `{ url: 'http://x', bug: ${bug}, stop: async () => {} }`);
  expect(code).toBe(1);
  const last = JSON.parse(output.trim().split('\n').at(-1) ?? '') as object;
  expect(last).toMatchObject({
    level: 60,
    msg: 'unexpected error, exiting; accepted activities are safe',
    err: { message: 'nobody handles this' },
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { GuardedProcess } from '../src/process/guarded-process.ts';

const module = fileURLToPath(new URL('../src/process/guarded-process.ts', import.meta.url));

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const stateOf = (pid: number): string =>
  spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();

const freezes =
  "const trying = setInterval(() => { server.signal('SIGSTOP'); clearInterval(trying); }, 100);";

test.each([
  { how: '', act: '', state: /^[SR]/ },
  { how: ', even if it is frozen', act: freezes, state: /^T/ },
])('a server ends when the process that started it is killed$how', async ({ act, state }) => {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-guard-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = 'echo $$ > draft; mv draft pid; sleep 1000';
  const program = `
    import { GuardedProcess } from ${JSON.stringify(module)};
    const server = new GuardedProcess('sleeper', 'sh', ['-c', ${JSON.stringify(script)}], ${JSON.stringify(folder)});
    ${act}
  `;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const file = join(folder, 'pid');
  while (!existsSync(file)) await delay(20);
  const pid = Number(readFileSync(file, 'utf8'));
  expect(isThere(pid)).toBe(true);
  while (!state.test(stateOf(pid))) await delay(20);
  starter.kill('SIGKILL');
  while (isThere(pid)) await delay(20);
});

test('if a server ends before it is ready, `until` rejects with the end of its output', async () => {
  const server = new GuardedProcess('server', 'sh', ['-c', 'echo the disk is full; exit 3'], '.');
  await expect(server.until(Promise.withResolvers().promise)).rejects.toThrow(
    /server ended .*\nthe disk is full/,
  );
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runScript, TinyWorkspace } from './tiny-workspace.ts';

let workspace: TinyWorkspace;
beforeEach(() => {
  workspace = new TinyWorkspace();
});
afterEach(() => workspace.remove());

/** A program that prints that it runs, prints the signal that it gets, and then ends with code 7. */
const stoppable = `
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'])
  process.on(signal, () => { console.log('got ' + signal); process.exitCode = 7; clearInterval(timer); });
const timer = setInterval(() => {}, 1000);
console.log('running');
`;

describe('the program', () => {
  beforeEach(() => workspace.write('go', ''));

  test('runs, and its exit code becomes the exit code of the script', async () => {
    const { code, output } = workspace.run(`console.log('hello'); process.exitCode = 42;`);
    expect(await output).toContain('hello');
    expect(await code).toBe(42);
  });

  test('uses the sources of the packages', async () => {
    const { output } = workspace.run('console.log(process.env.NODE_OPTIONS)');
    expect(await output).toContain('--conditions=@user-activity/source');
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'gets %s, and its own exit code is kept',
    async (signal) => {
      const started = workspace.run(stoppable);
      await started.says('running');
      process.kill(started.pid, signal);
      expect(await started.code).toBe(7);
      expect(await started.output).toContain(`got ${signal}`);
    },
  );

  test('gives exit code 128 plus the number of the signal if a signal kills it', async () => {
    const started = workspace.run(`setInterval(() => {}, 1000); console.log('running');`);
    await started.says('running');
    process.kill(started.pid, 'SIGTERM');
    expect(await started.code).toBe(143);
  });

  test('ends when its parent ends, as after a signal to npm', async () => {
    const started = workspace.runInShell(stoppable);
    await started.says('running');
    process.kill(started.pid, 'SIGKILL');
    expect(await started.output).toContain('got SIGTERM');
  });

  test('is named in the error if it does not exist', async () => {
    const { code, output } = workspace.start(process.execPath, [...runScript, 'no-such-tool']);
    expect(await output).toContain('no-such-tool could not be started');
    expect(await code).toBe(127);
  });
});

describe('the install', () => {
  test('happens once, and again after a manifest or a patch has changed', async () => {
    workspace.write('go', '');
    expect(await workspace.run('').code).toBe(0);
    expect(await workspace.run('').code).toBe(0);
    expect(workspace.doneInstalls).toBe(1);
    workspace.write('apps/new/package.json', '{}');
    expect(await workspace.run('').code).toBe(0);
    expect(workspace.doneInstalls).toBe(2);
    for (const [index, content] of ['one', 'another'].entries()) {
      workspace.write('patches/some@1.0.0.patch', content);
      expect(await workspace.run('').code).toBe(0);
      expect(workspace.doneInstalls).toBe(3 + index);
    }
  });

  test('happens once for commands that run at the same time', async () => {
    const first = workspace.run('');
    await workspace.installBegan();
    const others = [workspace.run(''), workspace.run('')];
    await Promise.all(others.map((other) => other.says('waiting')));
    workspace.write('go', '');
    expect(await Promise.all([first, ...others].map(({ code }) => code))).toEqual([0, 0, 0]);
    expect(workspace.installs.length).toBe(2);
  });

  test('of a killed command is awaited by other commands, and if it fails, one of them installs', async () => {
    const killed = workspace.run('');
    const installer = await workspace.installBegan();
    process.kill(killed.pid, 'SIGKILL');
    await killed.code;
    const others = [workspace.run(''), workspace.run('')];
    await Promise.all(others.map((other) => other.says('waiting')));
    expect(workspace.installs.length).toBe(1);
    process.kill(installer, 'SIGKILL');
    workspace.write('go', '');
    expect(await Promise.all(others.map(({ code }) => code))).toEqual([0, 0]);
    expect(workspace.doneInstalls).toBe(1);
  });

  test('can be stopped by a signal, and the program then does not start', async () => {
    const started = workspace.run(`console.log('never')`);
    await workspace.installBegan();
    process.kill(started.pid, 'SIGTERM');
    expect(await started.code).toBe(143);
    expect(await started.output).not.toContain('never');
  });

  test('prints its reason if it fails, but no URL that a script could take for the URL of the service', async () => {
    workspace.write('fail', '');
    workspace.write('go', '');
    const { code, output } = workspace.run(`console.log('never')`);
    expect(await code).toBe(1);
    expect(await output).toContain('GET registry.invalid/ failed');
    expect(await output).toContain('failed: exit code 3');
    expect(await output).not.toContain('never');
    expect(await output).not.toMatch(/https?:/);
  });
});

describe('the dashboard', () => {
  beforeEach(() => {
    workspace.write('go', '');
    workspace.writeDashboard('one');
  });

  test('is built once, and again after its sources have changed, but only for scripts that need it', async () => {
    expect(await workspace.run('').code).toBe(0);
    expect(workspace.builds).toBe(0);
    for (const source of ['one', 'one', 'two']) {
      workspace.writeDashboard(source);
      expect(await workspace.runWithDashboard().code).toBe(0);
      expect(workspace.builtPage).toBe(source);
    }
    expect(workspace.builds).toBe(2);
  });

  test('is built once for commands that run at the same time', async () => {
    const started = [1, 2, 3].map(() => workspace.runWithDashboard());
    expect(await Promise.all(started.map(({ code }) => code))).toEqual([0, 0, 0]);
    expect(workspace.builds).toBe(1);
  });

  test('stops the command if it cannot be built, and the earlier build stays', async () => {
    expect(await workspace.runWithDashboard().code).toBe(0);
    workspace.writeDashboard('broken');
    const { code, output } = workspace.runWithDashboard();
    expect(await code).toBe(1);
    expect(await output).toContain('see vite.invalid/');
    expect(await output).not.toMatch(/https?:/);
    expect(workspace.builtPage).toBe('one');
  });
});

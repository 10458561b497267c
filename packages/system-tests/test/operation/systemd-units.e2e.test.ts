import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianProgram, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const units = globSync('*.service', { cwd: join(root, 'deploy', 'systemd') });
const text = (unit: string): string => readFileSync(join(root, 'deploy', 'systemd', unit), 'utf8');

/** Runs systemd-analyze, and returns its exit code with its output. */
function analyze(folder: string, ...args: readonly string[]) {
  const program = debianProgram({ program: 'systemd-analyze', package: 'systemd' });
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

// There is systemd on Linux only.
test.runIf(process.platform === 'linux').each(units)('systemd can read %s, and it is tight', (unit) => {
  const { path, remove } = temporaryFolder('units');
  onTestFinished(remove);
  // An instance of a template has a name after the @. The program must exist for the check.
  const name = unit.replace('@.', '@3001.');
  writeFileSync(join(path, name), text(unit).replace('/usr/bin/node', process.execPath));
  expect(analyze(path, 'verify', `./${name}`)).toEqual({ status: 0, output: '' });
  // The exposure, from 0 to 100.
  const { status, output } = analyze(path, 'security', '--offline=true', '--threshold=20', `./${name}`);
  expect([status, output]).toEqual([0, expect.stringContaining('Overall exposure level') as string]);
});

test('each unit starts the program from its place in the package, with a command that it has', () => {
  const { bin } = JSON.parse(
    readFileSync(join(root, 'apps', 'user-activity-log', 'package.json'), 'utf8'),
  ) as { bin: Record<string, string> };
  const program = `/opt/user-activity/node_modules/user-activity-log/${bin['user-activity-log']}`;
  const commands = units.map((unit) => /^ExecStart=(.*)$/m.exec(text(unit))?.[1] ?? '');
  expect(commands.toSorted()).toEqual([
    `/usr/bin/node --max-semi-space-size=16 ${program} api`,
    `/usr/bin/node ${program}`,
    `/usr/bin/node ${program} consumer`,
  ]);
});

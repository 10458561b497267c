import { afterAll, beforeAll, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.ts';

let packed: PackedPackage;

beforeAll(async () => {
  packed = await PackedPackage.of('client');
}, 300_000);

afterAll(() => packed.remove());

test('the package holds only what was built', () => {
  const { files } = packed;
  expect(files).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']));
  expect(files.filter((file) => !/^(?:package\.json|(?:README|LICENSE)\b.*|dist\/.*)$/.test(file))).toEqual(
    [],
  );
});

test('every entry of the exports exists, under every condition', async () => {
  expect(JSON.stringify(packed.exports)).not.toContain('source');
  expect(await packed.faults()).toEqual([]);
});

test('the package has no dependencies', () => {
  expect(packed.dependencies).toEqual(['@user-activity/client']);
});

test('a program type-checks against it, strictly and with the types of a browser alone', async () => {
  expect(await packed.check()).toBe('');
});

test('the program runs, with a queue in memory and with a spool', async () => {
  expect(JSON.parse(await packed.runProgram())).toEqual({
    sent: ['LOGIN', 'LOGOUT'],
    spooled: 1,
    locked: true,
    problem: { status: 404, message: 'There is nothing here.' },
  });
});

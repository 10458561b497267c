import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.ts';

/** The packages that others install, and what the program in `fixtures/packed-<name>` prints. */
const packages: readonly (readonly [name: string, output: object])[] = [
  [
    'domain',
    {
      onTheTopic: {
        project: 'shop',
        id: 'from-the-service',
        userId: '123',
        type: 'LOG_IN',
        metadata: { ip: '127.0.0.1' },
        createdAt: '2026-01-02T03:04:05.678Z',
        receivedAt: '2026-01-02T03:04:05.678Z',
      },
      outcomes: ['stored', 'redelivered'],
      faults: ['/extra', '/userId', '/type'],
      // murmur2("21") is -973932308.
      partition: (-973_932_308 & 0x7fff_ffff) % 12,
    },
  ],
  [
    'client',
    {
      sent: ['LOGIN', 'LOGOUT'],
      spooled: 1,
      locked: true,
      problem: { status: 404, message: 'There is nothing here.' },
    },
  ],
];

describe.each(packages)('%s', (name, output) => {
  let packed: PackedPackage;

  beforeAll(async () => {
    packed = await PackedPackage.of(name);
  }, 300_000);

  afterAll(() => packed.remove());

  test('the package holds only what was built', () => {
    const { files } = packed;
    expect(files).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']));
    const expected = /^(?:package\.json|(?:README|LICENSE)\b.*|dist\/.*)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
  });

  test('every entry of the exports exists, under every condition', async () => {
    expect(JSON.stringify(packed.exports)).not.toContain('source');
    expect(await packed.faults()).toEqual([]);
  });

  test('the package has no dependencies', () => {
    expect(packed.dependencies).toEqual([`@user-activity/${name}`]);
  });

  test('a program of another service type-checks against it, strictly and with nothing else in sight', async () => {
    expect(await packed.check()).toBe('');
  });

  test('the program runs', async () => {
    expect(JSON.parse(await packed.runProgram())).toEqual(output);
  });
});

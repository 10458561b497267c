import { spawn } from 'node:child_process';
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { accessFaults, ConfigurationError, keysOf, openRootKey, rootKeyFileOf } from '../src/index.ts';

const temporary = mkdtempSync(join(tmpdir(), 'user-activity-keys-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Makes a folder with the name. */
function folder(name: string): string {
  const path = join(temporary, name);
  mkdirSync(path);
  return path;
}

/** Makes a function of node:fs fail, as on some file systems, until the end of the test. */
function failing(name: 'chmodSync' | 'linkSync', code: string): void {
  const spy = vi.spyOn(fs, name).mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
}

/** Makes a file with the content. */
function fileOf(name: string, content: string): string {
  const file = join(temporary, name);
  writeFileSync(file, content);
  return file;
}

function faultsOf(use: () => unknown): readonly string[] {
  try {
    use();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults;
  }
}

describe('the root key', () => {
  test('is made once from 32 random bytes, is readable by its owner only, and stays the same', () => {
    const place = folder('once');
    const file = join(place, 'root-key');
    const first = openRootKey(file);
    expect(first.isNew).toBe(true);
    expect(Buffer.from(first.key, 'base64url')).toHaveLength(32);
    expect(readFileSync(file, 'utf8')).toBe(`${first.key}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(openRootKey(file)).toEqual({ key: first.key, isNew: false });
    expect(readdirSync(place)).toEqual(['root-key']);
    expect(openRootKey(join(place, 'another')).key).not.toBe(first.key);
  });

  test('is the same for all processes that start at the same time', async () => {
    const place = folder('many');
    const go = join(temporary, 'go');
    const runner = fileURLToPath(new URL('../src/index.ts', import.meta.url));
    // The processes race for many keys, because at a single key they may not collide.
    const program = `
      import { existsSync } from 'node:fs';
      import { openRootKey } from ${JSON.stringify(runner)};
      console.log('ready');
      while (!existsSync(${JSON.stringify(go)}));
      for (let number = 0; number < 50; number += 1)
        console.log(JSON.stringify(openRootKey(${JSON.stringify(place)} + '/root-key-' + number)));
    `;
    const flags = ['--conditions=@user-activity/source', '--input-type=module', '-e', program];
    const processes = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      return { first: lines.next(), lines };
    });
    await Promise.all(processes.map(({ first }) => first));
    writeFileSync(go, '');
    const opened: { key: string; isNew: boolean }[] = [];
    for (const { lines } of processes)
      for await (const line of lines) opened.push(JSON.parse(line) as { key: string; isNew: boolean });
    expect(opened).toHaveLength(200);
    expect(new Set(opened.map(({ key }) => key)).size).toBe(50);
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(50);
    expect(readdirSync(place)).toHaveLength(50);
  });

  test.each([
    ['empty', ''],
    ['cut', 'QUJDREVGR0g\n'],
    ['longer', `${'A'.repeat(44)}\n`],
    ['of two lines', `${'A'.repeat(43)}\n${'B'.repeat(43)}\n`],
    ['no text', '\u0000\ufffd'.repeat(20)],
  ])('is refused if its file is %s, and the error does not show the content', (name, content) => {
    const file = fileOf(name, content);
    expect(faultsOf(() => openRootKey(file))).toEqual([
      `ROOT_KEY_FILE must contain a key made by the service: remove ${file} to get a new one, or set API_KEYS`,
    ]);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test('is read from a folder that is read-only', () => {
    const place = folder('read-only');
    const file = join(place, 'root-key');
    const { key } = openRootKey(file);
    chmodSync(place, 0o500);
    expect(openRootKey(file)).toEqual({ key, isNew: false });
  });

  test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP'])(
    'is made on a file system without hard links (%s)',
    (code) => {
      const place = folder(`linkless-${code}`);
      const file = join(place, 'root-key');
      failing('linkSync', code);
      const { key, isNew } = openRootKey(file);
      expect(isNew).toBe(true);
      expect(openRootKey(file)).toEqual({ key, isNew: false });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readdirSync(place)).toEqual(['root-key']);
    },
  );

  test('is made private again if others may read its file', () => {
    const file = join(folder('shared'), 'root-key');
    const { key } = openRootKey(file);
    for (const mode of [0o644, 0o640, 0o666]) {
      chmodSync(file, mode);
      expect(openRootKey(file)).toEqual({ key, isNew: false });
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  test('is refused if everyone may read its file and the mode cannot be changed', () => {
    const file = join(folder('public'), 'root-key');
    const { key } = openRootKey(file);
    const [all, group] = [0o644, 0o640];
    chmodSync(file, all);
    failing('chmodSync', 'EROFS');
    expect(faultsOf(() => openRootKey(file))).toEqual([
      `ROOT_KEY_FILE is readable by everyone, and this user can't change that (EROFS): have the owner run chmod 600 ${file}, or set API_KEYS`,
    ]);
    vi.mocked(fs.chmodSync).mockRestore();
    syncBuiltinESMExports();
    chmodSync(file, group);
    failing('chmodSync', 'EPERM');
    expect(openRootKey(file)).toEqual({ key, isNew: false });
  });

  test('is not made in a missing folder', () => {
    const missing = join(temporary, 'missing');
    expect(faultsOf(() => openRootKey(join(missing, 'root-key')))).toEqual([
      `ROOT_KEY_FILE can't be made (ENOENT): let this user write files in the folder ${missing}, or set API_KEYS`,
    ]);
    expect(faultsOf(() => openRootKey(temporary))).toEqual([
      'ROOT_KEY_FILE must name a file that this user can read (EISDIR)',
    ]);
  });

  test('is used only if the API has no other keys, needs a key, and shares its data with no other process', () => {
    const ROOT_KEY_FILE = '/data/root-key';
    expect(rootKeyFileOf({ ROOT_KEY_FILE }, false)).toBe(ROOT_KEY_FILE);
    const noOther = { ROOT_KEY_FILE, ALLOW_ANONYMOUS: 'false', API_KEYS: '' };
    expect(rootKeyFileOf(noOther, false)).toBe(ROOT_KEY_FILE);
    for (const other of [
      { API_KEYS: 'a' },
      { API_KEYS_FILE: '/run/secrets/keys' },
      { ALLOW_ANONYMOUS: 'true' },
    ])
      expect(rootKeyFileOf({ ROOT_KEY_FILE, ...other }, false)).toBeUndefined();
    expect(rootKeyFileOf({ ROOT_KEY_FILE }, true)).toBeUndefined();
    expect(rootKeyFileOf({}, false)).toBeUndefined();
  });
});

describe('without keys', () => {
  test.each(['localhost', 'LOCALHOST', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('HOST may be %s', (HOST) =>
    expect(accessFaults({ HOST })).toEqual([]),
  );

  test.each(['x.localhost', '0.0.0.0', '::', '::ffff:10.0.0.7', 'example.com', '127.1'])(
    'HOST may not be %s',
    (HOST) =>
      expect(accessFaults({ HOST })).toEqual([
        'API_KEYS must be set, or ALLOW_ANONYMOUS=true: HOST is reachable from other machines',
      ]),
  );
});

describe('API_KEYS_FILE', () => {
  test('adds its keys, separated by line breaks or commas, to those of API_KEYS', () => {
    const API_KEYS_FILE = fileOf('keys', 'one, two\r\n\nthree\n');
    expect(keysOf({ API_KEYS_FILE, API_KEYS: 'zero' })).toEqual(['zero', 'one', 'two', 'three']);
    expect(accessFaults({ API_KEYS_FILE, HOST: '0.0.0.0' })).toEqual([]);
  });

  test.each([
    ['no key', ' \n,'],
    ['a space in a key', 'a secret\n'],
    ['a character that is not ASCII', 'sécret'],
  ])('is refused if it contains %s', (name, content) => {
    const API_KEYS_FILE = fileOf(name, content);
    const fault =
      'API_KEYS_FILE must name a file with at least one key: printable ASCII characters without space, and commas or line breaks between keys';
    for (const HOST of ['127.0.0.1', '0.0.0.0'])
      expect(accessFaults({ API_KEYS_FILE, HOST, ALLOW_ANONYMOUS: 'true' })).toEqual([fault]);
    expect(faultsOf(() => keysOf({ API_KEYS_FILE }))).toEqual([fault]);
  });

  test('is refused if it is missing', () => {
    const API_KEYS_FILE = join(temporary, 'nowhere');
    expect(accessFaults({ API_KEYS_FILE })).toEqual([
      'API_KEYS_FILE must name a file that this user can read (ENOENT)',
    ]);
  });
});

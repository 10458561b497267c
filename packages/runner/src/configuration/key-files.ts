import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError } from './configuration-error.ts';

const rootKeyPattern = /^[A-Za-z0-9_-]{43}\n?$/;
/** What a key consists of, as a pattern: printable ASCII characters without space and comma. */
export const keyCharacters = '[\\x21-\\x2b\\x2d-\\x7e]+';
const keyPattern = new RegExp(`^${keyCharacters}$`);

/** A key that is kept in a file of its own. */
export interface RootKey {
  readonly key: string;
  /** Whether this call made it. */
  readonly made: boolean;
}

/** The keys of API_KEYS_FILE, separated by commas or lines. Throws ConfigurationError if it can't be read or holds none. */
export function readKeys(file: string): readonly string[] {
  const keys = read('API_KEYS_FILE', file)
    .split(/[,\n]/)
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length > 0 && keys.every((key) => keyPattern.test(key))) return keys;
  throw new ConfigurationError([
    'API_KEYS_FILE must name a file of keys, separated by commas or lines, of printable ASCII characters without space',
  ]);
}

/**
 * The key in ROOT_KEY_FILE; makes one of 32 random bytes if there is no such file, readable by its owner alone. Processes that start
 * at once get the same key. Throws ConfigurationError if the file holds something else, or can't be read or made.
 */
export function openRootKey(file: string): RootKey {
  const made = !existsSync(file) && makeRootKey(file);
  const text = read('ROOT_KEY_FILE', file);
  if (rootKeyPattern.test(text)) return { key: text.trimEnd(), made };
  throw new ConfigurationError([
    `ROOT_KEY_FILE does not hold a key as the service makes it: remove ${file} to have a new one made, or set API_KEYS`,
  ]);
}

/** Makes the file; returns false if another process did. A link appears with its content or not at all, and replaces nothing. */
function makeRootKey(file: string): boolean {
  const folder = dirname(file);
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  const key = `${randomBytes(32).toString('base64url')}\n`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      synced(descriptor, () => writeSync(descriptor, key));
      linkSync(draft, file);
    } finally {
      rmSync(draft);
    }
    synced(openSync(folder, 'r'));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new ConfigurationError([
      `ROOT_KEY_FILE can't be made (${codeOf(error)}): let this user write files in the folder ${folder}, or set API_KEYS`,
    ]);
  }
}

/** Brings what was written to the disk, and closes. */
function synced(descriptor: number, write?: () => void): void {
  try {
    write?.();
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function read(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`${variable} must name a file that this user can read (${codeOf(error)})`]);
  }
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : String(error);
}

import type { Brand } from '../shared/brand.ts';
import { isPlainObject, type JsonObject, type JsonValue } from '../shared/json.ts';
import { jsonStringBytes } from '../shared/json-bytes.ts';
import { UnfitNumber, unfitNumber } from '../shared/unfit-number.ts';
import { pointer, RuleBroken, type Violations } from '../shared/violation.ts';
import { copyPlainMetadata } from './plain-metadata.ts';

/**
 * Further data about an activity: a JSON object that takes at most 256 KiB as JSON in UTF-8. The metadata of a new activity has at most
 * 16 levels, the object itself being level 1. Numbers are IEEE 754 doubles, and -0 becomes 0.
 */
export type Metadata = Brand<JsonObject, 'Metadata'>;

const maxNewLevels = 16;

interface Limits {
  readonly maxBytes: number;
  readonly maxLevels: number;
}

/** An object or array whose members are not copied yet. */
interface Container {
  readonly source: Readonly<Record<string, unknown>> | readonly unknown[];
  readonly target: Record<string | number, JsonValue>;
  readonly parent: Container | undefined;
  readonly key: string | number;
  readonly level: number;
}

export const Metadata = {
  /** An empty object: the metadata of an activity that has none. */
  none: Object.freeze({}) as Metadata,
  /**
   * Checks and copies untrusted data. If it breaks rules, returns undefined and adds violations with paths that begin with `path`. The JSON of
   * the data may have at most `maxBytes` bytes in UTF-8 and `maxLevels` levels (default: 16). The work is proportional to `maxBytes`,
   * however large the data is, and does not recurse.
   */
  parse(
    raw: unknown,
    path: string,
    violations: Violations,
    maxBytes: number,
    maxLevels: number = maxNewLevels,
  ): Metadata | undefined {
    // With the fast path, an invalid value is read twice. A caller that lists no violations may have many invalid values, so it skips this path.
    const plain = violations.isListing ? copyPlainMetadata(raw, maxBytes, maxLevels) : undefined;
    if (plain !== undefined) return plain as Metadata;
    if (!isPlainObject(raw)) {
      violations.add(path, 'must be a JSON object');
      return undefined;
    }
    const root: Container = { source: raw, target: {}, parent: undefined, key: '', level: 1 };
    const keepsRules = copyMembers(root, path, violations, { maxBytes, maxLevels });
    return keepsRules ? (root.target as JsonObject as Metadata) : undefined;
  },
  /** Converts an object from our own store to metadata, without validation. */
  trusted: (raw: JsonObject): Metadata => raw as Metadata,
};

/** Copies everything in the container to its target. Returns whether all of it obeys the rules. */
function copyMembers(root: Container, path: string, violations: Violations, limits: Limits): boolean {
  const { maxBytes } = limits;
  const open = [root];
  let isSound = true;
  let bytes = 2;
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    const { source } = container;
    const members = Array.isArray(source) ? source : Object.keys(source);
    bytes += Math.max(members.length - 1, 0);
    for (let index = 0; index < members.length; index += 1) {
      if (bytes > maxBytes || violations.full) break;
      const key = members === source ? index : (members[index] as string);
      try {
        bytes += copyMember(container, key, open, limits);
      } catch (error) {
        if (!(error instanceof RuleBroken)) throw error;
        violations.add(pointerTo(container, key, path), error.message);
        isSound = false;
      }
    }
    if (bytes > maxBytes) {
      violations.add(path, `must be at most ${maxBytes} bytes of JSON in UTF-8`);
      return false;
    }
    if (violations.full) return false;
  }
  return isSound;
}

/**
 * Copies one member. If it is an object or array, its own members are left for later, by adding it to `open`. Returns the size in bytes of
 * what was copied, as JSON in UTF-8.
 */
function copyMember(
  container: Container,
  key: string | number,
  open: Container[],
  { maxBytes, maxLevels }: Limits,
): number {
  const value: unknown = Reflect.get(container.source, key);
  // Each UTF-16 code unit takes at least one byte, so such a text exceeds the limit and needs no other checks.
  if (lengthOf(key) > maxBytes || lengthOf(value) > maxBytes) return maxBytes + 1;
  const bytes = typeof key === 'string' ? bytesOfKey(key, value) : 0;
  if (typeof value !== 'object' || value === null) {
    const scalar = parseScalar(value);
    container.target[key] = scalar;
    return bytes + (typeof scalar === 'string' ? jsonStringBytes(scalar) : String(scalar).length);
  }
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value))
    throw new RuleBroken(value instanceof UnfitNumber ? unfitNumber : 'must be a JSON value');
  if (container.level >= maxLevels)
    throw new RuleBroken(`must not be nested deeper than ${maxLevels} levels`);
  const target: JsonObject | JsonValue[] = isArray ? [] : {};
  container.target[key] = target;
  open.push({
    source: value,
    target: target as Record<string | number, JsonValue>,
    parent: container,
    key,
    level: container.level + 1,
  });
  return bytes + 2;
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0);

function bytesOfKey(key: string, value: unknown): number {
  if (key === '__proto__') throw new RuleBroken('is not allowed as a key');
  if (key === 'constructor' && isPlainObject(value) && Object.hasOwn(value, 'prototype'))
    throw new RuleBroken('must not contain a key "prototype"');
  if (key.includes('\0')) throw new RuleBroken('must not contain U+0000 in its key');
  if (!key.isWellFormed())
    throw new RuleBroken('must have a key of well-formed Unicode (it has an unpaired surrogate)');
  return jsonStringBytes(key) + 1;
}

function parseScalar(value: unknown): null | boolean | number | string {
  if (typeof value === 'string') {
    if (!value.isWellFormed())
      throw new RuleBroken('must be well-formed Unicode (it has an unpaired surrogate)');
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RuleBroken('must be a number that fits a double');
    return value === 0 ? 0 : value;
  }
  if (value === null || typeof value === 'boolean') return value;
  throw new RuleBroken('must be a JSON value');
}

function pointerTo(container: Container, key: string | number, path: string): string {
  const keys = [key];
  for (let open = container; open.parent !== undefined; open = open.parent) keys.unshift(open.key);
  return pointer(path, ...keys);
}

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../src/layout.ts';

interface HouseRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** The paths of files to which the rule does not apply. */
  readonly except?: RegExp;
  /** Lines that break the rule, to prove that the pattern finds them. */
  readonly broken: readonly string[];
}

/** Rules of the house style that no linter checks. */
const rules: readonly HouseRule[] = [
  {
    name: 'no comment switches a check off',
    pattern:
      /(?:oxlint|eslint)-(?:disable|enable)|biome-ignore|@ts-(?:ignore|nocheck)|(?:v8|c8|istanbul) ignore/,
    broken: [
      '// oxlint-disable-next-line',
      '/* eslint-disable */',
      '// @ts-ignore',
      '// biome-ignore format: wide',
    ],
  },
  {
    name: 'only tests expect a type error',
    pattern: /@ts-expect-error/,
    except: /^[^/]+\/[^/]+\/test\//,
    broken: ['// @ts-expect-error: later'],
  },
  {
    name: 'a package names what it exports',
    pattern: /^export \*/m,
    broken: ["export * from './user-id.ts';"],
  },
  {
    name: 'only the domain casts to its values; other code parses them',
    pattern: /\bas (?:unknown as )?(?:ActivityId|UserId|ActivityType|Metadata|Timestamp)\b/,
    except: /^packages\/domain\/src\//,
    broken: ['const id = raw as ActivityId;', 'find(id as unknown as UserId)'],
  },
  {
    name: 'parseJson parses input from outside, because JSON.parse mixes up keys in some versions of V8 (nodejs/node#63785); the client is too small for it',
    pattern: /\bJSON\.parse\(/,
    except:
      /^(?!packages\/[^/]+\/src\/)|^packages\/(?:workspace\/|client\/|domain\/src\/shared\/(?:parse|known|exact)-json\.ts)/,
    broken: ['return JSON.parse(text);'],
  },
];

const self = 'packages/workspace/test/house-rules.test.ts';
const fixtures = 'packages/workspace/test/fixtures';
const files = globSync(['*.{ts,mjs}', '.*.mjs', '{packages,apps,docs}/**/*.{ts,tsx,mjs,js}'], {
  cwd: root,
  exclude: ['**/node_modules', '**/dist', '**/site', fixtures],
}).filter((file) => file !== self);

describe.each(rules)('$name', ({ pattern, except, broken }) => {
  test('holds', () => {
    const chosen = files.filter((file) => except?.test(file) !== true);
    expect(chosen).toContain('packages/adapter-sqlite/src/index.ts');
    expect(chosen.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test.each(broken)('finds: %s', (line) => {
    expect(line).toMatch(pattern);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../src/layout.ts';

interface HouseRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Where it doesn't hold. */
  readonly except?: RegExp;
  /** Lines that break the rule, to show that it bites. */
  readonly broken: readonly string[];
}

/** What the house style asks for and no linter checks. */
const rules: readonly HouseRule[] = [
  {
    name: 'no check is switched off by a comment',
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
    name: 'a type error is expected in tests only',
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
    name: 'only the domain makes its values: elsewhere they are parsed, never cast',
    pattern: /\bas (?:unknown as )?(?:ActivityId|UserId|ActivityType|Metadata|Timestamp)\b/,
    except: /^packages\/domain\/src\//,
    broken: ['const id = raw as ActivityId;', 'find(id as unknown as UserId)'],
  },
  {
    name: 'what comes from outside is parsed by parseJson, as V8 mixes up keys (nodejs/node#63785)',
    pattern: /\bJSON\.parse\(/,
    except:
      /^(?!packages\/[^/]+\/src\/)|^packages\/(?:workspace\/|domain\/src\/shared\/(?:parse|known|exact)-json\.ts)/,
    broken: ['return JSON.parse(text);'],
  },
];

const self = 'packages/workspace/test/house-rules.test.ts';
const fixtures = 'packages/workspace/test/fixtures';
const files = globSync(['*.{ts,mjs}', '.*.mjs', '{packages,apps,docs}/**/*.{ts,mjs,js}'], {
  cwd: root,
  exclude: ['**/node_modules', '**/dist', fixtures],
}).filter((file) => file !== self);

describe.each(rules)('$name', ({ pattern, except, broken }) => {
  test('holds', () => {
    const chosen = files.filter((file) => except?.test(file) !== true);
    expect(chosen).toContain('packages/adapter-sqlite/src/index.ts');
    expect(chosen.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test.each(broken)('would find: %s', (line) => {
    expect(line).toMatch(pattern);
  });
});

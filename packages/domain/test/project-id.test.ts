import { describe, expect, test } from 'vitest';
import { ActivityId, ActivityKeyText, ProjectId, RuleBroken } from '../src/index.ts';

const own = 'must not begin with "_": such names are the service\'s own';
const rule = 'must be 1-64 characters of a-z, 0-9 and "-", and must not begin with "-"';

describe('the name of a project', () => {
  test.each(['default', 'a', '0', '9-', 'a--b', 'x'.repeat(64)])('may be %s', (name) => {
    expect(ProjectId.parse(name)).toBe(name);
    expect(ProjectId.parseReadable(name)).toBe(name);
  });

  test.each<[unknown, string]>([
    ['', rule],
    ['A', rule],
    ['Default', rule],
    ['x'.repeat(65), rule],
    ['-a', rule],
    ['a b', rule],
    [' a', rule],
    ['a\n', rule],
    ['a_b', rule],
    ['é', rule],
    ['__proto__', own],
    ['_', own],
    ['_System', own],
    [7, 'must be a string'],
    [null, 'must be a string'],
    [['a'], 'must be a string'],
  ])('cannot be %j', (raw, message) => {
    for (const parse of [ProjectId.parse, ProjectId.parseReadable])
      expect(() => parse(raw)).toThrow(new RuleBroken(message));
  });

  test('_system can be read, but not be written to', () => {
    expect(ProjectId.parseReadable('_system')).toBe(ProjectId.system);
    expect(() => ProjectId.parse('_system')).toThrow(new RuleBroken(own));
  });

  test('is default in a record that names no project', () => {
    expect([undefined, null, 'a'].map(ProjectId.recorded)).toEqual(['default', 'default', 'a']);
    expect(() => ProjectId.recorded('_system')).toThrow(new RuleBroken(own));
    expect(() => ProjectId.recorded('')).toThrow(new RuleBroken(rule));
  });
});

describe('the key of an activity as text', () => {
  const id = ActivityId.parse('a:b');
  test('is the id in the project default, as in older stores', () => {
    expect(ActivityKeyText.of({ project: ProjectId.default, id })).toBe('a:b');
  });

  test('begins with the name of any other project', () => {
    const key = ActivityKeyText.of({ project: ProjectId.parse('shop'), id });
    expect(key).toBe('shop a:b');
    expect(ActivityKeyText.idOf(key)).toBe(id);
    expect(ActivityKeyText.idOf(ActivityKeyText.trusted('a:b'))).toBe(id);
  });
});

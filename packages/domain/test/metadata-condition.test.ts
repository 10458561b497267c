import { describe, expect, test } from 'vitest';
import { type JsonObject, MetadataCondition } from '../src/index.ts';

const matches = (path: string, text: string, metadata: JsonObject): boolean =>
  MetadataCondition.matches(
    { path: path.split('.'), scalars: MetadataCondition.scalarsOf([text]) },
    metadata,
  );

test.each([
  ['5', ['5', 5]],
  ['-0', ['-0', 0]],
  ['1.50', ['1.50', 1.5]],
  ['1E3', ['1E3', 1000]],
  ['1e-999', ['1e-999']],
  ['1e999', ['1e999']],
  ['9007199254740992', ['9007199254740992', 9007199254740992]],
  ['9007199254740993', ['9007199254740993']],
  ['0.1000000000000000055', ['0.1000000000000000055']],
  ['', ['']],
  ['05', ['05']],
  ['.5', ['.5']],
  ['5.', ['5.']],
  ['0x5', ['0x5']],
  [' 5', [' 5']],
  ['Infinity', ['Infinity']],
  ['NaN', ['NaN']],
  ['true', ['true', true]],
  ['null', ['null', null]],
  ['True', ['True']],
])('the text %j means %j', (text, scalars) => {
  expect([...MetadataCondition.scalarsOf([text])]).toEqual(scalars);
});

describe('matching', () => {
  test.each<[string, string, JsonObject, boolean]>([
    ['a', '5', { a: 5 }, true],
    ['a', '5', { a: '5' }, true],
    ['a', '5.0', { a: '5' }, false],
    ['a', 'null', { a: null }, true],
    ['a', 'null', {}, false],
    ['a.b', 'null', { a: null }, false],
    ['a', 'x', { a: ['y', 'x'] }, true],
    ['a', 'x', { a: [['x']] }, false],
    ['a.0', 'x', { a: [['x']] }, false],
    ['a.0.0', 'x', { a: [['x']] }, true],
    ['a.b', 'x', { a: [{ b: 'y' }, { b: 'x' }] }, true],
    ['a.b', 'x', { a: [[{ b: 'x' }]] }, false],
    ['a.0.b', 'x', { a: [[{ b: 'x' }]] }, true],
    ['a.1', 'x', { a: ['y', 'x'] }, true],
    ['a.01', 'x', { a: ['y', 'x'] }, false],
    ['a.1', 'x', { a: [{ 1: 'x' }] }, true],
    ['a.length', '1', { a: ['x'] }, false],
    ['a', '[object Object]', { a: {} }, false],
    ['a', '', { a: [] }, false],
    ['toString', 'x', {}, false],
    ['a.length', '1', { a: 'x' }, false],
    ['a.0', 'x', { a: 'x' }, false],
  ])('%s=%s of %j: %s', (path, text, metadata, expected) => {
    expect(matches(path, text, metadata)).toBe(expected);
  });

  test('takes little time, even if arrays are deeply nested and all keys are indexes', () => {
    let value: JsonObject[] = [];
    for (let level = 0; level < 7; level += 1) value = [{ 0: value }, { 0: value }];
    expect(matches(Array.from({ length: 16 }, () => '0').join('.'), 'x', { 0: value })).toBe(false);
  });
});

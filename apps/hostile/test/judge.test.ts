import { expect, test } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { type Attempt, bounds, gapOf, judge, needsAnotherTry, type Violation } from '../src/judge.ts';

const refusal: Answer = {
  request: 'POST /api/logs',
  status: 422,
  headers: { 'content-type': 'application/problem+json' },
  decodedBytes: 1000,
  wireBytes: 100,
  answerBytes: 4000,
  text: '{"status":422}',
};
const busy: Answer = { ...refusal, status: 503, headers: { ...refusal.headers, 'retry-after': '1' } };
const sound: Attempt = { gapMs: 500, growthMiB: 400, answers: [refusal, busy], faults: [] };
const late: Attempt = { ...sound, gapMs: 501 };

test('an attempt within all bounds has no violations', () => {
  expect(judge([sound], bounds)).toEqual([]);
});

const doctored: readonly (readonly [how: string, Violation['kind'], Partial<Attempt>])[] = [
  ['a long gap', 'gap', { gapMs: 501 }],
  ['memory growth', 'growth', { growthMiB: 401 }],
  [
    'an answer of more than 100 times the request',
    'amplification',
    { answers: [{ ...refusal, answerBytes: 100_001 }] },
  ],
  [
    'a small request with a large answer',
    'amplification',
    { answers: [{ ...refusal, decodedBytes: 40, answerBytes: 4097 }] },
  ],
  [
    'a large answer after a small one',
    'amplification',
    { answers: [refusal, { ...refusal, answerBytes: 1e6 }] },
  ],
  ['a 500', 'status', { answers: [refusal, { ...refusal, status: 500 }] }],
  ['a 503 without Retry-After', 'status', { answers: [{ ...refusal, status: 503 }] }],
  ['a 503 without problem details', 'status', { answers: [{ ...busy, headers: { 'retry-after': '1' } }] }],
  ['a 504', 'status', { answers: [{ ...busy, status: 504 }] }],
  ['the end of the process', 'ended', { ended: 'heap out of memory' }],
  ["a fault of the attack's own check", 'check', { faults: ['3 ids belong to 4 items'] }],
];

test.each(doctored)('finds %s', (_, kind, change) => {
  expect(judge([{ ...sound, ...change }], bounds).map((violation) => violation.kind)).toEqual([kind]);
});

test('a request without a body may have a large answer, and a small body a small answer', () => {
  const page = { ...refusal, decodedBytes: 0, answerBytes: 4_000_000 };
  const small = { ...refusal, decodedBytes: 2, answerBytes: 4096 };
  expect(judge([{ ...sound, answers: [page, small] }], bounds)).toEqual([]);
});

test('the second best gap of three tries counts', () => {
  expect(gapOf([late])).toBe(501);
  expect(
    gapOf([
      { ...sound, gapMs: 900 },
      { ...sound, gapMs: 20 },
      { ...sound, gapMs: 30 },
    ]),
  ).toBe(30);
  expect(judge([late, sound, sound], bounds)).toEqual([]);
  expect(judge([late, sound, late], bounds)).toMatchObject([{ kind: 'gap' }]);
  expect(judge([late, late], bounds)).toMatchObject([{ kind: 'gap' }]);
});

test('an attack is tried again while its gap can still hold', () => {
  expect(needsAnotherTry([sound], bounds)).toBe(false);
  expect(needsAnotherTry([late], bounds)).toBe(true);
  expect(needsAnotherTry([late, late], bounds)).toBe(false);
  expect(needsAnotherTry([late, sound], bounds)).toBe(true);
  expect(needsAnotherTry([late, sound, sound], bounds)).toBe(false);
  expect(needsAnotherTry([{ ...late, ended: 'out of memory' }], bounds)).toBe(false);
});

test('all other bounds must hold in each try', () => {
  expect(judge([sound, { ...sound, growthMiB: 500 }, sound], bounds)).toMatchObject([{ kind: 'growth' }]);
});

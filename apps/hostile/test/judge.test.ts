import { expect, test } from 'vitest';
import type { HttpResponse } from '../src/http-response.ts';
import {
  type Attempt,
  bounds,
  gapToJudge,
  judge,
  needsAnotherAttempt,
  type Violation,
} from '../src/judge.ts';

const refusal: HttpResponse = {
  request: 'POST /api/logs',
  status: 422,
  headers: { 'content-type': 'application/problem+json' },
  decodedBytes: 1000,
  wireBytes: 100,
  responseBytes: 4000,
  text: '{"status":422}',
};
const busy: HttpResponse = { ...refusal, status: 503, headers: { ...refusal.headers, 'retry-after': '1' } };
const sound: Attempt = { gapMs: 500, growthMiB: 400, responses: [refusal, busy], faults: [] };
const late: Attempt = { ...sound, gapMs: 501 };

test('an attempt within all bounds has no violations', () => {
  expect(judge([sound], bounds)).toEqual([]);
});

const doctored: readonly (readonly [how: string, Violation['kind'], Partial<Attempt>])[] = [
  ['a long gap', 'gap', { gapMs: 501 }],
  ['too much growth of the memory', 'growth', { growthMiB: 401 }],
  [
    'a response of more than 100 times the request',
    'amplification',
    { responses: [{ ...refusal, responseBytes: 100_001 }] },
  ],
  [
    'a small request with a large response',
    'amplification',
    { responses: [{ ...refusal, decodedBytes: 40, responseBytes: 4097 }] },
  ],
  [
    'a large response after a small response',
    'amplification',
    { responses: [refusal, { ...refusal, responseBytes: 1e6 }] },
  ],
  ['a response with the status 500', 'status', { responses: [refusal, { ...refusal, status: 500 }] }],
  ['a 503 without Retry-After', 'status', { responses: [{ ...refusal, status: 503 }] }],
  ['a 503 without problem details', 'status', { responses: [{ ...busy, headers: { 'retry-after': '1' } }] }],
  ['a response with the status 504', 'status', { responses: [{ ...busy, status: 504 }] }],
  ['a process that ended', 'ended', { outputAtEnd: 'heap out of memory' }],
  ["a fault of the attack's own check", 'check', { faults: ['3 ids belong to 4 items'] }],
];

test.each(doctored)('finds %s', (_, kind, change) => {
  expect(judge([{ ...sound, ...change }], bounds).map((violation) => violation.kind)).toEqual([kind]);
});

test('a large response to a request without a body is allowed, and so is a small response to a tiny body', () => {
  const page = { ...refusal, decodedBytes: 0, responseBytes: 4_000_000 };
  const small = { ...refusal, decodedBytes: 2, responseBytes: 4096 };
  expect(judge([{ ...sound, responses: [page, small] }], bounds)).toEqual([]);
});

test('the second shortest gap of several attempts is judged, or the gap of the only attempt', () => {
  expect(gapToJudge([late])).toBe(501);
  expect(
    gapToJudge([
      { ...sound, gapMs: 900 },
      { ...sound, gapMs: 20 },
      { ...sound, gapMs: 30 },
    ]),
  ).toBe(30);
  expect(judge([late, sound, sound], bounds)).toEqual([]);
  expect(judge([late, sound, late], bounds)).toMatchObject([{ kind: 'gap' }]);
  expect(judge([late, late], bounds)).toMatchObject([{ kind: 'gap' }]);
});

test('an attack is attempted again while the second shortest gap can still be short enough', () => {
  expect(needsAnotherAttempt([sound], bounds)).toBe(false);
  expect(needsAnotherAttempt([late], bounds)).toBe(true);
  expect(needsAnotherAttempt([late, late], bounds)).toBe(false);
  expect(needsAnotherAttempt([late, sound], bounds)).toBe(true);
  expect(needsAnotherAttempt([late, sound, sound], bounds)).toBe(false);
  expect(needsAnotherAttempt([{ ...late, outputAtEnd: 'out of memory' }], bounds)).toBe(false);
});

test('all other bounds must hold in each attempt', () => {
  expect(judge([sound, { ...sound, growthMiB: 500 }, sound], bounds)).toMatchObject([{ kind: 'growth' }]);
});

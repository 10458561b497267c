import { metrics } from '@opentelemetry/api';
import { parsePrometheusText, sumOf } from '@user-activity/test-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PrometheusMetrics } from '../src/index.ts';

let measured: PrometheusMetrics;
beforeEach(() => {
  measured = PrometheusMetrics.start();
});
afterEach(() => measured.close());

const meter = () => metrics.getMeter('test');
const scraped = async () => parsePrometheusText(await measured.scrape());

test('shows counters, gauges and histograms with their units, and no data about the meter', async () => {
  meter().createCounter('things.done', { unit: '{thing}' }).add(2, { 'some.kind': 'a"b\\c\nd' });
  meter()
    .createHistogram('waits', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } })
    .record(1.5);
  const { samples, types, units } = await scraped();
  expect(Object.fromEntries(types)).toEqual({ things_done_total: 'counter', waits: 'histogram' });
  expect(Object.fromEntries(units)).toEqual({ things_done_total: '{thing}', waits: 's' });
  expect(samples).toEqual([
    { name: 'things_done_total', labels: { some_kind: 'a"b\\c\nd' }, value: 2 },
    { name: 'waits_count', labels: {}, value: 1 },
    { name: 'waits_sum', labels: {}, value: 1.5 },
    { name: 'waits_bucket', labels: { le: '1' }, value: 0 },
    { name: 'waits_bucket', labels: { le: '2' }, value: 1 },
    { name: 'waits_bucket', labels: { le: '+Inf' }, value: 1 },
  ]);
});

test('`read` returns counters and histograms by name, and calls no observable instrument', async () => {
  meter().createCounter('things.done').add(2, { kind: 'a' });
  const observer = vi.fn<() => void>();
  meter().createObservableGauge('level').addCallback(observer);
  meter()
    .createHistogram('waits', { advice: { explicitBucketBoundaries: [1, 2] } })
    .record(1.5);
  expect(Object.fromEntries(measured.read())).toEqual({
    'things.done': [{ attributes: { kind: 'a' }, value: 2 }],
    waits: [{ attributes: {}, value: { boundaries: [1, 2], counts: [0, 1, 0] } }],
  });
  expect(observer).not.toHaveBeenCalled();
});

test('returns valid text if nothing was measured', async () => {
  expect((await scraped()).samples).toEqual([]);
});

test('a gauge does not show a value that it no longer observes', async () => {
  let shown = ['a', 'b'];
  meter()
    .createObservableGauge('shown')
    .addCallback((result) => {
      for (const name of shown) result.observe(1, { name });
    });
  expect(sumOf(await scraped(), 'shown')).toBe(2);
  shown = ['b'];
  expect((await scraped()).samples).toEqual([{ name: 'shown', labels: { name: 'b' }, value: 1 }]);
  shown = [];
  expect((await scraped()).samples).toEqual([]);
});

test('an observable instrument that fails or hangs affects only its own values', async () => {
  vi.useFakeTimers();
  try {
    meter()
      .createObservableGauge('hangs')
      .addCallback(() => Promise.withResolvers<void>().promise);
    meter()
      .createObservableGauge('fails')
      .addCallback(() => Promise.reject(new Error('no')));
    meter().createCounter('works').add(1);
    const answer = scraped();
    await vi.advanceTimersByTimeAsync(2000);
    expect((await answer).samples).toEqual([{ name: 'works_total', labels: {}, value: 1 }]);
  } finally {
    vi.useRealTimers();
  }
});

test('concurrent scrapes share one collection', async () => {
  let observed = 0;
  meter()
    .createObservableGauge('asked')
    .addCallback((result) => {
      observed += 1;
      result.observe(observed);
    });
  expect(new Set(await Promise.all([measured.scrape(), measured.scrape(), measured.scrape()])).size).toBe(1);
  expect(sumOf(await scraped(), 'asked')).toBe(2);
});

test('only one PrometheusMetrics can be open in a process', async () => {
  expect(() => PrometheusMetrics.start()).toThrow('measured already');
  await measured.close();
  await measured.close();
  measured = PrometheusMetrics.start();
});

test.each([
  ['a line without a newline', 'a 1'],
  ['a line that is not in the format', '# TYPE a gauge\na one\n'],
  ['an unknown type', '# TYPE a guage\n'],
  ['a sample without a type', 'a 1\n'],
  ['an unclosed label', '# TYPE a gauge\na{b="c} 1\n'],
  ['a repeated series', '# TYPE a gauge\na 1\na 2\n'],
])('the parser of this test refuses %s', (_, text) => {
  expect(() => parsePrometheusText(text)).toThrow(Error);
});

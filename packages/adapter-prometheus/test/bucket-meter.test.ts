import type { Attributes, MeterProvider } from '@opentelemetry/api';
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BucketMeterProvider } from '../src/bucket-meter.ts';
import { PullReader } from '../src/pull-reader.ts';
import { maxSeries } from '../src/series-table.ts';

interface Value {
  readonly instrument: 'counter' | 'histogram' | 'default histogram';
  readonly value: number;
  readonly attributes: Attributes | undefined;
}

const boundaries = [0.5, 1, 2.5, 10];

/** Records the same values with the instruments of a provider. */
function record(provider: MeterProvider, values: readonly Value[]): void {
  const meter = provider.getMeter('test');
  const counter = meter.createCounter('c', { unit: 's', description: 'A counter' });
  const histogram = meter.createHistogram('h', {
    unit: 's',
    description: 'A histogram',
    advice: { explicitBucketBoundaries: boundaries },
  });
  const defaultHistogram = meter.createHistogram('d');
  for (const { instrument, value, attributes } of values)
    if (instrument === 'counter') counter.add(value, attributes);
    else (instrument === 'histogram' ? histogram : defaultHistogram).record(value, attributes);
}

/** Returns a text that identifies the attributes, whatever their order. */
const textOf = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Returns what a scrape shows of metrics: their descriptions, and their values by attributes. */
const shown = (all: ReturnType<BucketMeterProvider['collect']>) =>
  Object.fromEntries(
    all
      .flatMap(({ metrics }) => metrics)
      .map(({ descriptor: { name, unit, description }, dataPoints }) => {
        const points = dataPoints.map(({ attributes, value }) => {
          if (typeof value === 'number') return [textOf(attributes), value];
          const { count, sum } = value;
          return [
            textOf(attributes),
            { count, sum, buckets: 'buckets' in value ? value.buckets : undefined },
          ];
        });
        return [name, { unit, description, points: Object.fromEntries(points) as Record<string, unknown> }];
      }),
  );

async function shownBySdk(values: readonly Value[]) {
  const reader = new PullReader();
  const provider = new SdkMeterProvider({ readers: [reader] });
  record(provider, values);
  const { resourceMetrics } = await reader.collect();
  await provider.shutdown();
  return shown(resourceMetrics.scopeMetrics);
}

function shownByBuckets(values: readonly Value[]) {
  const provider = new BucketMeterProvider(new SdkMeterProvider());
  record(provider, values);
  return shown(provider.collect());
}

const frozen: readonly Attributes[] = [{ a: 'x' }, { a: 'y', b: 1 }, { b: 1, a: 'y' }, {}].map((attributes) =>
  Object.freeze(attributes),
);
const anyAttributes = fc.option(
  fc.oneof(
    fc.constantFrom(...frozen),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
  ),
  { nil: undefined },
);
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, -1, 0.5, 1, 2.5, 10, 1e300, Number.POSITIVE_INFINITY),
);

test('counters and histograms show the same values as those of the SDK', async () => {
  const instrument = fc.constantFrom<Value['instrument']>('counter', 'histogram', 'default histogram');
  const value = fc.record({ instrument, value: number, attributes: anyAttributes });
  await fc.assert(
    fc.asyncProperty(fc.array(value), async (values) => {
      // The SDK adds NaN to a counter, which then shows NaN for ever.
      const sound = values.filter((each) => !Number.isNaN(each.value));
      expect(shownByBuckets(values)).toEqual(await shownBySdk(sound));
    }),
  );
});

test('an attributes object that is changed later counts as another series', () => {
  const provider = new BucketMeterProvider(new SdkMeterProvider());
  const counter = provider.getMeter('test').createCounter('c');
  const changing = { a: 'x' };
  counter.add(1, changing);
  changing.a = 'y';
  counter.add(2, changing);
  const points = { '[["a","x"]]': 1, '[["a","y"]]': 2 };
  expect(shown(provider.collect())).toMatchObject({ c: { points } });
});

test('the number of series of an instrument is limited, and further values share one series', async () => {
  const values = Array.from({ length: maxSeries + 10 }, (_, index): Value => {
    const attributes = Object.freeze({ a: String(index) });
    return { instrument: 'counter', value: 1, attributes };
  });
  const [first] = values;
  const all = [...values, ...values, ...(first === undefined ? [] : [first])];
  const { c } = shownByBuckets(all);
  expect(Object.keys(c?.points ?? {})).toHaveLength(maxSeries);
  expect(c?.points).toHaveProperty(['[["otel.metric.overflow",true]]'], 22);
  expect({ c }).toEqual(await shownBySdk(all));
});

test('a name has one instrument, whose type cannot change', () => {
  const meter = new BucketMeterProvider(new SdkMeterProvider()).getMeter('test');
  expect(meter.createCounter('a')).toBe(meter.createCounter('a'));
  expect(() => meter.createHistogram('a')).toThrow('The instrument a already exists with another type.');
});

import {
  type BatchObservableCallback,
  type Counter,
  type Gauge,
  type Histogram,
  type Meter,
  type MeterProvider,
  type MetricOptions,
  type Observable,
  type ObservableCounter,
  type ObservableGauge,
  type ObservableUpDownCounter,
  type UpDownCounter,
  ValueType,
} from '@opentelemetry/api';
import type { MetricData, MetricDescriptor } from '@opentelemetry/sdk-metrics';
import { BucketHistogram } from './bucket-histogram.ts';
import { SumCounter } from './sum-counter.ts';

/** The boundaries of a histogram that is made without boundaries. OpenTelemetry's specification defines them. */
const defaultBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

/**
 * A meter with its own counters and histograms, which cost less per value than those of the SDK. All other instruments come from the SDK,
 * because no request waits for them.
 */
export class BucketMeter implements Meter {
  readonly #sdk: Meter;
  readonly #instruments: Map<string, BucketHistogram | SumCounter> = new Map();

  constructor(sdk: Meter) {
    this.#sdk = sdk;
  }

  createHistogram(name: string, options: MetricOptions = {}): Histogram {
    const boundaries = options.advice?.explicitBucketBoundaries ?? defaultBoundaries;
    return this.#shared(
      name,
      BucketHistogram,
      () => new BucketHistogram(describe(name, options), boundaries),
    );
  }

  createCounter(name: string, options: MetricOptions = {}): Counter {
    return this.#shared(name, SumCounter, () => new SumCounter(describe(name, options)));
  }

  createGauge(name: string, options?: MetricOptions): Gauge {
    return this.#sdk.createGauge(name, options);
  }

  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    return this.#sdk.createUpDownCounter(name, options);
  }

  createObservableGauge(name: string, options?: MetricOptions): ObservableGauge {
    return this.#sdk.createObservableGauge(name, options);
  }

  createObservableCounter(name: string, options?: MetricOptions): ObservableCounter {
    return this.#sdk.createObservableCounter(name, options);
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): ObservableUpDownCounter {
    return this.#sdk.createObservableUpDownCounter(name, options);
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#sdk.addBatchObservableCallback(callback, observables);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#sdk.removeBatchObservableCallback(callback, observables);
  }

  /** Returns the values of the counters and histograms, without those that have no value yet. */
  collect(): MetricData[] {
    return [...this.#instruments.values()]
      .map((instrument) => instrument.collect())
      .filter(({ dataPoints }) => dataPoints.length > 0);
  }

  /** Returns the instrument with this name. Makes it at the first call. Throws if the name belongs to an instrument of another type. */
  #shared<Instrument extends BucketHistogram | SumCounter>(
    name: string,
    type: new (...args: never[]) => Instrument,
    make: () => Instrument,
  ): Instrument {
    const found = this.#instruments.get(name);
    if (found instanceof type) return found;
    if (found !== undefined) throw new Error(`The instrument ${name} already exists with another type.`);
    const made = make();
    this.#instruments.set(name, made);
    return made;
  }
}

/** Makes meters whose counters and histograms cost little per value. `sdk` makes all other instruments of these meters. */
export class BucketMeterProvider implements MeterProvider {
  readonly #sdk: MeterProvider;
  readonly #meters: Map<string, BucketMeter> = new Map();

  constructor(sdk: MeterProvider) {
    this.#sdk = sdk;
  }

  getMeter(name: string): BucketMeter {
    const meter = this.#meters.get(name) ?? new BucketMeter(this.#sdk.getMeter(name));
    this.#meters.set(name, meter);
    return meter;
  }

  /** Returns the values of all counters and histograms, grouped by meter. */
  collect(): { readonly scope: { readonly name: string }; readonly metrics: MetricData[] }[] {
    return [...this.#meters].map(([name, meter]) => ({ scope: { name }, metrics: meter.collect() }));
  }
}

const describe = (name: string, { description = '', unit = '' }: MetricOptions): MetricDescriptor => ({
  name,
  description,
  unit,
  valueType: ValueType.DOUBLE,
});

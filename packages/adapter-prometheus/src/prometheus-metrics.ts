import { type Attributes, metrics } from '@opentelemetry/api';
import type { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, MeterProvider } from '@opentelemetry/sdk-metrics';
import { BucketMeterProvider } from './bucket-meter.ts';
import { PullReader } from './pull-reader.ts';

// The time limit for the callback of an observable instrument, which may query a broker. Values that arrive later are omitted.
const observerTimeoutMs = 2000;

/** The value of a counter, or the buckets of a histogram, for one combination of attributes. */
interface MetricValue {
  readonly attributes: Attributes;
  readonly value: number | { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

/** Collects the OpenTelemetry metrics of the process for Prometheus. */
export class PrometheusMetrics {
  readonly #sdk: MeterProvider;
  readonly #meters: BucketMeterProvider;
  readonly #reader: PullReader = new PullReader();
  #serializer: PrometheusSerializer | undefined;
  #scraping: Promise<string> | undefined;
  #closing: Promise<void> | undefined;

  private constructor() {
    this.#sdk = new MeterProvider({ readers: [this.#reader] });
    this.#meters = new BucketMeterProvider(this.#sdk);
  }

  /**
   * Starts to collect metrics. Instruments that were made before this call measure nothing. Throws if another PrometheusMetrics is not closed.
   */
  static start(): PrometheusMetrics {
    const started = new PrometheusMetrics();
    if (!metrics.setGlobalMeterProvider(started.#meters))
      throw new Error('The process is measured already: close the other PrometheusMetrics.');
    return started;
  }

  /** Returns the current values in the text format of Prometheus, version 0.0.4. Concurrent calls share one collection. */
  readonly scrape = (): Promise<string> => {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  };

  /**
   * Returns the current values of counters and histograms, by name. Does not call observable instruments: some of them show what happened since
   * the last scrape, and a call in between would falsify the next scrape.
   */
  readonly read = (): ReadonlyMap<string, readonly MetricValue[]> => {
    const all = this.#meters.collect().flatMap((scope) => scope.metrics);
    return new Map(all.map((metric) => [metric.descriptor.name, valuesOf(metric)]));
  };

  /** Stops measuring. Further calls have no effect. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #scrape(): Promise<string> {
    // Ignores the errors of observable instruments, which `collect` also returns: only the values of these instruments are missing.
    const { resourceMetrics } = await this.#reader.collect({ timeoutMillis: observerTimeoutMs });
    this.#serializer ??= await loadSerializer();
    const scopeMetrics = [...resourceMetrics.scopeMetrics, ...this.#meters.collect()];
    return `${this.#serializer.serialize({ ...resourceMetrics, scopeMetrics }).trimEnd()}\n`;
  }

  async #close(): Promise<void> {
    metrics.disable();
    await this.#sdk.shutdown();
  }
}

function valuesOf({ dataPoints }: MetricData): readonly MetricValue[] {
  return dataPoints.flatMap(({ attributes, value }): MetricValue[] => {
    if (typeof value === 'number') return [{ attributes, value }];
    return 'buckets' in value ? [{ attributes, value: value.buckets }] : [];
  });
}

/** Loads the serializer. It is not imported at the start, because its package also loads the `fetch` of Node, which takes time. */
async function loadSerializer(): Promise<PrometheusSerializer> {
  const exporter = await import('@opentelemetry/exporter-prometheus');
  // These arguments omit a prefix, timestamps, common labels, and the data about the resource and the meter.
  return new exporter.PrometheusSerializer('', false, undefined, true, true);
}

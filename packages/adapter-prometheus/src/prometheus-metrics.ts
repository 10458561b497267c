import { type Attributes, metrics } from '@opentelemetry/api';
import type { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, MeterProvider } from '@opentelemetry/sdk-metrics';
import { BucketMeterProvider } from './bucket-meter.ts';
import { PullReader } from './pull-reader.ts';

// The time limit for an observer, which may for instance query a broker. Values that arrive later are omitted.
const observerTimeoutMs = 2000;

/** The value of a counter, or the buckets of a histogram, for one combination of attributes. */
interface MetricValue {
  readonly attributes: Attributes;
  readonly value: number | { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

/** Collects the process's OpenTelemetry measurements for Prometheus. */
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
   * Starts to measure the process. Instruments made before this call measure nothing. Throws if another PrometheusMetrics is not closed.
   */
  static start(): PrometheusMetrics {
    const started = new PrometheusMetrics();
    if (!metrics.setGlobalMeterProvider(started.#meters))
      throw new Error('The process is measured already: close the other PrometheusMetrics.');
    return started;
  }

  /** Returns the current values in Prometheus's text format, version 0.0.4. Concurrent calls share one collection. */
  readonly scrape = (): Promise<string> => {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  };

  /**
   * Returns the current values of counters and histograms, by name. Asks no observer, because some measure since the last scrape, and would
   * begin anew.
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
    // `collect` also returns the errors of observers. Ignore them: only the values of these observers are missing.
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

/** Loads the serializer at the first scrape. Its package also loads the `fetch` of Node, which would make each start slower. */
async function loadSerializer(): Promise<PrometheusSerializer> {
  const exporter = await import('@opentelemetry/exporter-prometheus');
  // Writes no prefix, no timestamps, no common labels, and no data about the resource and the meter.
  return new exporter.PrometheusSerializer('', false, undefined, true, true);
}

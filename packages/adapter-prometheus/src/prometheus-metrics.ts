import { metrics } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PullReader } from './pull-reader.ts';

// How long an observer may take, for instance to ask a broker. After that its values are missing.
const observingMs = 2000;

/** Collects the process's OpenTelemetry measurements, and returns them in Prometheus's text format, version 0.0.4. */
export class PrometheusMetrics {
  readonly #provider: MeterProvider;
  readonly #reader: PullReader = new PullReader();
  // Without a prefix, time stamps, common labels, and data about the resource and the meter.
  readonly #serializer: PrometheusSerializer = new PrometheusSerializer('', false, undefined, true, true);
  #scraping: Promise<string> | undefined;
  #closed: Promise<void> | undefined;

  private constructor() {
    this.#provider = new MeterProvider({ readers: [this.#reader] });
  }

  /**
   * Starts to measure the process. Call it first: instruments that were made before are not measured. Throws if the process is
   * measured already.
   */
  static start(): PrometheusMetrics {
    const started = new PrometheusMetrics();
    if (!metrics.setGlobalMeterProvider(started.#provider))
      throw new Error('The process is measured already.');
    return started;
  }

  /** Returns the current values. Concurrent calls share one collection. */
  readonly scrape = (): Promise<string> => {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  };

  /** Stops measuring. Further calls have no effect. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #scrape(): Promise<string> {
    // Values of observers that failed are missing; there is nothing else to report about them.
    const { resourceMetrics } = await this.#reader.collect({ timeoutMillis: observingMs });
    return `${this.#serializer.serialize(resourceMetrics).trimEnd()}\n`;
  }

  async #close(): Promise<void> {
    metrics.disable();
    await this.#provider.shutdown();
  }
}

import { metrics } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PullReader } from './pull-reader.ts';

// Whoever measures something far away has so long; then its numbers are missing, and the others are told.
const observingMs = 2000;

/** Collects what the process measures with OpenTelemetry, and tells it in Prometheus's text format, version 0.0.4. */
export class PrometheusMetrics {
  readonly #provider: MeterProvider;
  readonly #reader: PullReader = new PullReader();
  // No prefix, no time stamps, no labels that are the same everywhere, nothing of the resource or of who measures.
  readonly #serializer: PrometheusSerializer = new PrometheusSerializer('', false, undefined, true, true);
  #scraping: Promise<string> | undefined;
  #closed: Promise<void> | undefined;

  private constructor() {
    this.#provider = new MeterProvider({ readers: [this.#reader] });
  }

  /**
   * From now on the process is measured. What took its instruments before is not, so this comes first of all.
   * Throws where the process is measured already.
   */
  static start(): PrometheusMetrics {
    const started = new PrometheusMetrics();
    if (!metrics.setGlobalMeterProvider(started.#provider))
      throw new Error('The process is measured already.');
    return started;
  }

  /** Where things stand. Those who ask at the same time get the same answer: none costs another collection. */
  readonly scrape = (): Promise<string> => {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  };

  /** Nothing is measured any more. May be called again, to no further effect. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #scrape(): Promise<string> {
    // What could not be measured is missing, which is all that there is to say of it.
    const { resourceMetrics } = await this.#reader.collect({ timeoutMillis: observingMs });
    return `${this.#serializer.serialize(resourceMetrics).trimEnd()}\n`;
  }

  async #close(): Promise<void> {
    metrics.disable();
    await this.#provider.shutdown();
  }
}

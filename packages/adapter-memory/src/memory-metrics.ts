import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InstrumentType,
  type MetricData,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

/** One value of a metric, with its attributes as text. For a histogram, the count and the sum. */
export interface Reading {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
  readonly sum?: number | undefined;
}

/** Collects as the service does: gauges show only the values observed by this collection. */
class Reader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : AggregationTemporality.CUMULATIVE,
    });
  }

  protected override async onForceFlush(): Promise<void> {
    // There is nothing to send.
  }

  protected override async onShutdown(): Promise<void> {
    // There is nothing to close.
  }
}

/** Keeps measurements in memory, for tests. Only one per process at a time. */
export class MemoryMetrics {
  readonly #reader: Reader = new Reader();
  readonly #provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    if (!metrics.setGlobalMeterProvider(this.#provider))
      throw new Error('A meter provider is registered already.');
  }

  /** Returns the values of a metric, by name; none if nothing was measured. */
  async read(name: string): Promise<readonly Reading[]> {
    const found = (await this.#collect()).find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map(({ attributes, value }) => {
      const texts = Object.fromEntries(Object.entries(attributes).map(([key, held]) => [key, textOf(held)]));
      if (typeof value === 'number') return { attributes: texts, value };
      return { attributes: texts, value: value.count, sum: 'sum' in value ? value.sum : undefined };
    });
  }

  async stop(): Promise<void> {
    metrics.disable();
    await this.#provider.shutdown();
  }

  async #collect(): Promise<readonly MetricData[]> {
    const { resourceMetrics } = await this.#reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics: collected }) => collected);
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

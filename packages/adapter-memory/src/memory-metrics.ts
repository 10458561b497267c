import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InstrumentType,
  type MetricData,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

/** One number of a metric, and its attributes as text. Of a histogram how many there were, and their sum. */
export interface Reading {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
  readonly sum?: number | undefined;
}

/** Gauges show what was observed this time alone, as the service has it. */
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
    // Nothing is kept that could be sent.
  }

  protected override async onShutdown(): Promise<void> {
    // Nothing was opened.
  }
}

/** Keeps what is measured in memory, for tests of who measures. Only one in a process at a time. */
export class MemoryMetrics {
  readonly #reader: Reader = new Reader();
  readonly #provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    if (!metrics.setGlobalMeterProvider(this.#provider))
      throw new Error('A meter provider is registered already.');
  }

  /** The numbers of one metric, by its name; none where nothing was measured. */
  async read(name: string): Promise<readonly Reading[]> {
    const found = (await this.#collect()).find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map(({ attributes, value }) => {
      const told = Object.fromEntries(Object.entries(attributes).map(([key, one]) => [key, textOf(one)]));
      if (typeof value === 'number') return { attributes: told, value };
      return { attributes: told, value: value.count, sum: 'sum' in value ? value.sum : undefined };
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

import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

interface Reading {
  readonly attributes: Readonly<Record<string, string>>;
  /** The value, or the number of values of a histogram. */
  readonly value: number;
  /** The sum of the values of a histogram. */
  readonly sum?: number | undefined;
}

/** Makes gauges show only values observed by the current collection, as in the service. */
class Exporter extends InMemoryMetricExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return type === InstrumentType.OBSERVABLE_GAUGE
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE;
  }
}

/** Measures the process, for tests. Throws if the process is measured already. */
export class MemoryMetrics {
  readonly #reader: PeriodicExportingMetricReader = new PeriodicExportingMetricReader({
    exporter: new Exporter(AggregationTemporality.CUMULATIVE),
  });
  readonly #provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    if (!metrics.setGlobalMeterProvider(this.#provider))
      throw new Error('The process is measured already: stop the other MemoryMetrics.');
  }

  /** Returns the values of the metric with this name, or none if nothing was measured. */
  async read(name: string): Promise<readonly Reading[]> {
    const { resourceMetrics } = await this.#reader.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const metric = all.find(({ descriptor }) => descriptor.name === name);
    return (metric?.dataPoints ?? []).map(({ attributes, value }) => {
      const texts = Object.fromEntries(
        Object.entries(attributes).map(([key, attribute]) => [key, textOf(attribute)]),
      );
      if (typeof value === 'number') return { attributes: texts, value };
      return { attributes: texts, value: value.count, sum: 'sum' in value ? value.sum : undefined };
    });
  }

  async stop(): Promise<void> {
    metrics.disable();
    await this.#provider.shutdown();
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

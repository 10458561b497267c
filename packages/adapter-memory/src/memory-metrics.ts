import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/** The value of a metric with certain attributes. */
interface Reading {
  readonly attributes: Readonly<Record<string, string>>;
  /** The value, or the number of values of a histogram. */
  readonly value: number;
  /** The sum of the values of a histogram. */
  readonly sum?: number | undefined;
}

/** An exporter whose gauges show only the values of the current collection, as in the service. */
class Exporter extends InMemoryMetricExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return type === InstrumentType.OBSERVABLE_GAUGE
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE;
  }
}

/** Collects the OpenTelemetry metrics of the process, for tests. The constructor throws if a meter provider is already set. */
export class MemoryMetrics {
  readonly #reader: PeriodicExportingMetricReader = new PeriodicExportingMetricReader({
    exporter: new Exporter(AggregationTemporality.CUMULATIVE),
  });
  readonly #provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    if (!metrics.setGlobalMeterProvider(this.#provider))
      throw new Error(
        'This process already has a meter provider. If it belongs to another MemoryMetrics, stop that one first.',
      );
  }

  /** Returns the values of the metric with this name. Returns none if the metric was never measured. */
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

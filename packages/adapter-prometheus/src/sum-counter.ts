import type { Attributes, Counter, HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type MetricDescriptor,
  type SumMetricData,
} from '@opentelemetry/sdk-metrics';
import { hrTimeNow } from './hr-time.ts';
import { SeriesTable } from './series-table.ts';

interface SumSeries {
  readonly attributes: Attributes;
  readonly startTime: HrTime;
  value: number;
}

/** A counter that is cheap to increase: it only adds to a sum. All other work is done when the values are collected. */
export class SumCounter implements Counter {
  readonly #descriptor: MetricDescriptor;
  readonly #series: SeriesTable<SumSeries> = new SeriesTable((attributes) => ({
    attributes,
    startTime: hrTimeNow(),
    value: 0,
  }));

  constructor(descriptor: MetricDescriptor) {
    this.#descriptor = descriptor;
  }

  /** Ignores negative values and NaN, because a counter never falls. */
  add(value: number, attributes?: Attributes): void {
    if (value >= 0) this.#series.of(attributes).value += value;
  }

  /** Returns the sum of each series since it began. */
  collect(): SumMetricData {
    const endTime = hrTimeNow();
    return {
      descriptor: this.#descriptor,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: this.#series.all.map((series) => ({ ...series, endTime })),
    };
  }
}

import type { Attributes, Histogram, HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  type MetricDescriptor,
} from '@opentelemetry/sdk-metrics';
import { hrTimeNow } from './hr-time.ts';
import { SeriesTable } from './series-table.ts';

interface BucketSeries {
  readonly attributes: Attributes;
  readonly startTime: HrTime;
  /** The number of values in each bucket. The last bucket has the values above all boundaries. */
  readonly counts: Float64Array;
  sum: number;
}

/** A histogram that is cheap to record: it only adds to a bucket and to a sum. All other work is done when the values are collected. */
export class BucketHistogram implements Histogram {
  readonly #descriptor: MetricDescriptor;
  readonly #boundaries: readonly number[];
  readonly #series: SeriesTable<BucketSeries>;

  constructor(descriptor: MetricDescriptor, boundaries: readonly number[]) {
    this.#descriptor = descriptor;
    this.#boundaries = boundaries;
    this.#series = new SeriesTable((attributes) => ({
      attributes,
      startTime: hrTimeNow(),
      counts: new Float64Array(boundaries.length + 1),
      sum: 0,
    }));
  }

  /** Records a value. Ignores negative values and NaN, as the SDK does. A value on a boundary belongs to the bucket below it. */
  record(value: number, attributes?: Attributes): void {
    if (!(value >= 0)) return;
    const series = this.#series.of(attributes);
    let bucket = 0;
    while (value > (this.#boundaries[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
  }

  /** Returns the buckets and the sum of each series. They cover all values since the series began. */
  collect(): HistogramMetricData {
    const endTime = hrTimeNow();
    const boundaries = [...this.#boundaries];
    return {
      descriptor: this.#descriptor,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: this.#series.all.map(({ attributes, startTime, counts, sum }) => ({
        attributes,
        startTime,
        endTime,
        value: {
          buckets: { boundaries, counts: [...counts] },
          sum,
          count: counts.reduce((total, count) => total + count, 0),
        },
      })),
    };
  }
}

import { AggregationTemporality, InstrumentType, MetricReader } from '@opentelemetry/sdk-metrics';

/**
 * Collects measurements on request. Gauges show only the values observed by this collection. By default the SDK would keep the last
 * value of something that is gone, such as a partition that moved to another member.
 */
export class PullReader extends MetricReader {
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

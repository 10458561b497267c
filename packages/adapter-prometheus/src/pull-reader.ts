import { AggregationTemporality, InstrumentType, MetricReader } from '@opentelemetry/sdk-metrics';

/**
 * Collects measurements on request. Gauges show only values observed by the current collection. By default, the SDK would still show
 * the last value of a thing that no longer exists, such as a partition that moved to another member.
 */
export class PullReader extends MetricReader {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return type === InstrumentType.OBSERVABLE_GAUGE
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE;
  }

  protected override async onForceFlush(): Promise<void> {
    // There is nothing to send.
  }

  protected override async onShutdown(): Promise<void> {
    // There is nothing to close.
  }
}

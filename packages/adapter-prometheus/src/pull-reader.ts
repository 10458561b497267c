import { AggregationTemporality, InstrumentType, MetricReader } from '@opentelemetry/sdk-metrics';

/**
 * Collects metrics on request. Gauges show only values that were observed during the collection. By default, the SDK would also
 * show old values, such as the lag of a partition that has moved to another consumer.
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

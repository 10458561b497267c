import { AggregationTemporality, InstrumentType, MetricReader } from '@opentelemetry/sdk-metrics';

/**
 * Collects when it is asked to. What gauges show is what was observed this time alone: by itself the SDK would show the last
 * value of what is gone for ever, such as a partition that another member has now.
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
    // Nothing is kept that could be sent.
  }

  protected override async onShutdown(): Promise<void> {
    // Nothing was opened.
  }
}

import type { HealthReading } from '@user-activity/application';
import type { PartitionProgress } from '@user-activity/domain';
import { acceptedMetric } from './acceptance-metrics.ts';
import { lagOf, type ReadProgress } from './lag-metrics.ts';
import { deadLettersMetric, outcomeAttribute, outcomesMetric, storedAfterMetric } from './storing-metrics.ts';

interface MetricValue {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

/** Returns the current values of the counters and histograms of the process, by name. */
export type ReadMetrics = () => ReadonlyMap<string, readonly MetricValue[]>;

/** The source of the lag that a process shows: its own member of the consumer group, or the whole group if the process has no member. */
export interface LagSource {
  readonly of: 'member' | 'group';
  readonly read: ReadProgress;
}

/** Returns a function that reads the health of the process. `lagSource` may return undefined while the process starts. */
export const healthReader =
  (readMetrics: ReadMetrics, lagSource: () => LagSource | undefined) => async (): Promise<HealthReading> => {
    const source = lagSource();
    const partitions = (await source?.read()) ?? [];
    const metrics = readMetrics();
    /** Returns the sum of the selected values of a metric, or undefined if the process does not have the metric. */
    const sum = (name: string, isSelected = (_value: MetricValue): boolean => true): number | undefined =>
      metrics
        .get(name)
        ?.filter(isSelected)
        .reduce((total, { value }) => total + (typeof value === 'number' ? value : 0), 0);
    const storedAfter = metrics.get(storedAfterMetric)?.[0]?.value;
    return {
      accepted: sum(acceptedMetric),
      stored: sum(outcomesMetric, ({ attributes }) => attributes[outcomeAttribute] === 'stored'),
      deadLettered: sum(deadLettersMetric),
      handled: source?.of === 'group' ? sumOf(partitions, ({ committed }) => committed) : undefined,
      lag: sumOf(partitions, lagOf),
      storedAfter: typeof storedAfter === 'object' ? storedAfter : undefined,
    };
  };

const sumOf = (
  partitions: readonly PartitionProgress[],
  valueOf: (partition: PartitionProgress) => number,
): number | undefined =>
  partitions.length === 0 ? undefined : partitions.reduce((sum, partition) => sum + valueOf(partition), 0);

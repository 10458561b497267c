import type { HealthReading } from '@user-activity/application';
import type { PartitionProgress } from '@user-activity/domain';
import { acceptedName } from './acceptance-metrics.ts';
import { lagOf, type ReadProgress } from './lag-metrics.ts';
import { deadLettersName, outcomeAttribute, outcomesName, storedAfterName } from './storing-metrics.ts';

interface MetricValue {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

/** Returns the counters and histograms of the process, by name. */
export type ReadMetrics = () => ReadonlyMap<string, readonly MetricValue[]>;

/** Where the lag of a process comes from: its own member of the group, or the whole group. */
export interface LagSource {
  readonly of: 'member' | 'group';
  readonly read: ReadProgress;
}

/** Makes the function that reads the health of the process. `lagSource` returns undefined as long as there is none. */
export const healthReading =
  (readMetrics: ReadMetrics, lagSource: () => LagSource | undefined) => async (): Promise<HealthReading> => {
    const source = lagSource();
    const partitions = (await source?.read()) ?? [];
    const metrics = readMetrics();
    /** Returns the sum of the series that are selected, or undefined if the process does not measure the metric. */
    const sum = (name: string, isSelected = (_value: MetricValue): boolean => true): number | undefined =>
      metrics
        .get(name)
        ?.filter(isSelected)
        .reduce((total, { value }) => total + (typeof value === 'number' ? value : 0), 0);
    const storedAfter = metrics.get(storedAfterName)?.[0]?.value;
    return {
      accepted: sum(acceptedName),
      stored: sum(outcomesName, ({ attributes }) => attributes[outcomeAttribute] === 'stored'),
      deadLettered: sum(deadLettersName),
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

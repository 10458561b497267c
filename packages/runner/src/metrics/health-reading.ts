import type { HealthReading } from '@user-activity/application';
import { acceptedName } from './acceptance-metrics.ts';
import { groupHandledName, groupLagName, lagName } from './lag-metrics.ts';
import { deadLettersName, outcomeAttribute, outcomesName, storedAfterName } from './storing-metrics.ts';

interface MetricValue {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
}

/** Returns the values of all metrics of the process, by name. */
export type ReadMetrics = () => Promise<ReadonlyMap<string, readonly MetricValue[]>>;

/** Makes the function that reads the health of the process from its metrics. */
export const healthReading = (readMetrics: ReadMetrics) => async (): Promise<HealthReading> => {
  const metrics = await readMetrics();
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
    handled: sum(groupHandledName),
    lag: sum(lagName) ?? sum(groupLagName),
    storedAfter: typeof storedAfter === 'object' ? storedAfter : undefined,
  };
};

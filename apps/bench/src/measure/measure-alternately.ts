/** The results of one measurement of a side. A measurement sets only the members that it measures. */
export interface Sample {
  /** The number of events or pages per second. */
  readonly perSecond?: number;
  /** The processor time that the processes of the side used for each event or page, in microseconds. */
  readonly cpuUs?: number;
  /** The median of the latency. */
  readonly p50Ms?: number;
  /** The 99th percentile of the latency. */
  readonly p99Ms?: number;
  /** The size of an activity on disk, with its share of the indexes. */
  readonly bytesPerEvent?: number;
  readonly residentMiB?: number;
  /** The resident memory late in the run, divided by the resident memory earlier in the run. */
  readonly growth?: number;
}

/** The name of a result. */
export type Metric = keyof Sample;

/** One of the programs or methods that a work compares. */
export interface Side {
  readonly name: string;
  measure(): Promise<Sample>;
}

/** Measures every side once in each round, in a random order. Returns the samples by the name of the side; sample i is from round i. */
export async function measureAlternately(
  sides: readonly Side[],
  rounds: number,
  random: () => number = Math.random,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const side of shuffled(sides, random)) samples.get(side.name)?.push(await side.measure());
  return samples;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.toSorted((left, right) => left.key - right.key).map(({ item }) => item);
}

/** What a measurement of a side can tell. */
export interface Sample {
  /** Events, or pages, per second. */
  readonly perSecond?: number;
  /** Processor time of the side's processes for each event or page, in microseconds. */
  readonly cpuUs?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly bytesPerEvent?: number;
  readonly residentMiB?: number;
  /** Resident memory late in the run, divided by that earlier. */
  readonly growth?: number;
}

export type Metric = keyof Sample;

/** One of the programs, or one of the ways, that a work compares. */
export interface Side {
  readonly name: string;
  measure(): Promise<Sample>;
}

/** Measures every side once in each round, in a random order. Sample i of each side belongs to round i. */
export async function alternate(
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

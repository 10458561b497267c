import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random numbers that are the same for the same seed. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** Returns a whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** Returns true with a probability of `percent` percent. */
  chance(percent: number): boolean {
    return this.int(1, 100) <= percent;
  }

  /** Returns one of the items. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  /** Returns the items in a random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const remaining = [...items];
    return items.flatMap(() => remaining.splice(this.int(0, remaining.length - 1), 1));
  }

  /** Returns a new source, for work that runs in parallel. */
  fork(): Random {
    return new Random(this.int(0, 0x7fff_ffff));
  }
}

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A generator of random numbers. Two generators with the same seed return the same numbers. */
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

  /** Returns a random item of the list. Throws if the list is empty. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('The list of items to pick from is empty.');
    return item;
  }

  /** Returns the items in a random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const remaining = [...items];
    return items.flatMap(() => remaining.splice(this.int(0, remaining.length - 1), 1));
  }

  /** Returns a new generator with a random seed. Each parallel task needs its own generator; otherwise its numbers depend on timing. */
  fork(): Random {
    return new Random(this.int(0, 0x7fff_ffff));
  }
}

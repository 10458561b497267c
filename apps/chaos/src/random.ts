import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chance that comes out the same for the same seed. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number, both bounds included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** Whether something happens that does so many times in a hundred. */
  chance(percent: number): boolean {
    return this.int(1, 100) <= percent;
  }

  /** One of them. */
  pick<One>(of: readonly One[]): One {
    const one = of[this.int(0, of.length - 1)];
    if (one === undefined) throw new Error('There is nothing to pick from.');
    return one;
  }

  /** All of them, in another order. */
  shuffled<One>(of: readonly One[]): One[] {
    const rest = [...of];
    return of.flatMap(() => rest.splice(this.int(0, rest.length - 1), 1));
  }

  /** Another source of its own, for something that goes on beside this. */
  fork(): Random {
    return new Random(this.int(0, 0x7fff_ffff));
  }
}

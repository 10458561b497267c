import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A generator of random numbers. The same seeds always give the same numbers. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  /** Takes several seeds, such as the seed of the demo, a day and a person. Each combination gives different numbers. */
  constructor(...seeds: readonly number[]) {
    this.#generator = xoroshiro128plus(seeds.reduce(mix, 0));
  }

  /** Returns a whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** Returns a number from 0, included, to 1, excluded. */
  share(): number {
    return this.int(0, 0xff_ffff) / 0x100_0000;
  }

  /** Returns true with this probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.share() < probability;
  }

  /** Returns a random item. Throws if there are no items. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('The list of items to pick from is empty.');
    return item;
  }

  /** Returns a random item. An item with twice the weight comes twice as often. Throws if there are no items. */
  pickWeighted<Item>(items: readonly (readonly [item: Item, weight: number])[]): Item {
    let rest = this.share() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      rest -= weight;
      if (rest < 0) return item;
    }
    throw new Error('The list of items to pick from is empty.');
  }
}

/** Mixes a number into a hash of 32 bits (the finaliser of MurmurHash3), so that similar numbers give unrelated hashes. */
function mix(hash: number, value: number): number {
  let bits = Math.imul(hash ^ value, 0x9e37_79b1) + 0x7f4a_7c15;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}

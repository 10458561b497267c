import { afterAll, beforeAll, describe, test } from 'vitest';

/** A test of one numbered promise of a port. It fails by throwing. */
export interface ContractCase<One> {
  /** The number in the port's doc comment, such as `R4`. */
  readonly promise: string;
  readonly title: string;
  readonly run: (subject: One) => Promise<void>;
}

/** The suite of a port, as data. Every adapter runs all of it. */
export type Contract<One> = readonly ContractCase<One>[];

/** An adapter on a fresh store or log, for its contract. */
export interface Subject {
  /** Closes everything that this subject opened. */
  close(): Promise<void>;
}

/** Registers the whole suite with vitest. Each case has its own subject, so that no case depends on another. */
export function describeContract<One extends Subject>(
  name: string,
  contract: Contract<One>,
  make: () => Promise<One>,
): void {
  describe.each(contract)(`${name} $promise: $title`, ({ run }) => {
    let subject: One;
    beforeAll(async () => {
      subject = await make();
    });
    afterAll(() => subject.close());
    test('holds', () => run(subject));
  });
}

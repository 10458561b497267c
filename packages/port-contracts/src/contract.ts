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

/** A subject whose store a test can make unreachable. */
export interface StoreSubject<Handle> extends Subject {
  /** Opens a new handle on the store, which is empty at first. */
  open(): Promise<Handle>;
  /** Makes the store unreachable for every handle. The returned function undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}

/** Cases by the number of their promise, then by title. */
type CaseTable<Args extends readonly unknown[]> = Readonly<
  Record<string, Readonly<Record<string, (...args: Args) => Promise<void>>>>
>;

/** Returns a function that makes cases from a table. `open` makes the arguments of a case from its subject. */
export const casesWith =
  <One, Args extends readonly unknown[]>(open: (subject: One) => Promise<Args>) =>
  (table: CaseTable<Args>): Contract<One> =>
    Object.entries(table).flatMap(([promise, cases]) =>
      Object.entries(cases).map(([title, run]) => ({
        promise,
        title,
        run: async (subject) => run(...(await open(subject))),
      })),
    );

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

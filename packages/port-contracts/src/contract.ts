import { afterAll, beforeAll, describe, test } from 'vitest';

/** A test of one numbered promise of a port. It fails by throwing. */
export interface ContractCase<Tested> {
  /** The number in the port's doc comment, such as `R4`. */
  readonly promise: string;
  readonly title: string;
  readonly run: (subject: Tested) => Promise<void>;
}

/** The suite of a port, as data. Every adapter runs all of it. */
export type Contract<Tested> = readonly ContractCase<Tested>[];

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
  <Tested, Args extends readonly unknown[]>(open: (subject: Tested) => Promise<Args>) =>
  (table: CaseTable<Args>): Contract<Tested> =>
    Object.entries(table).flatMap(([promise, cases]) =>
      Object.entries(cases).map(([title, run]) => ({
        promise,
        title,
        run: async (subject) => run(...(await open(subject))),
      })),
    );

/** Registers the whole suite with vitest. Each case has a subject of its own. */
export function describeContract<Tested extends Subject>(
  name: string,
  contract: Contract<Tested>,
  make: () => Promise<Tested>,
): void {
  describe.each(contract)(`${name} $promise: $title`, ({ run }) => {
    let subject: Tested;
    beforeAll(async () => {
      subject = await make();
    });
    afterAll(() => subject.close());
    test('holds', () => run(subject));
  });
}

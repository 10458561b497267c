import { afterAll, beforeAll, describe, test } from 'vitest';

/** A test of one numbered promise of a port. It fails by throwing. */
export interface ContractCase<Tested> {
  /** The number in the port's doc comment, such as `R4`. */
  readonly promise: string;
  readonly title: string;
  readonly run: (subject: Tested) => Promise<void>;
}

/** All cases of a port. Every adapter of the port must pass each of them. */
export type Contract<Tested> = readonly ContractCase<Tested>[];

/** An adapter on a fresh store or log, as a contract tests it. */
export interface Subject {
  /** Closes everything that this subject opened. */
  close(): Promise<void>;
}

/** A subject whose store a test can make unreachable. */
export interface StoreSubject<Handle> extends Subject {
  /** Opens a new handle on the store, which is empty at first. */
  open(): Promise<Handle>;
  /** Makes the store unreachable for every handle. The returned function makes it reachable again. */
  interrupt(): Promise<() => Promise<void>>;
}

/** The functions of cases, by the number of their promise, then by title. */
type CaseTable<Args extends readonly unknown[]> = Readonly<
  Record<string, Readonly<Record<string, (...args: Args) => Promise<void>>>>
>;

/** Returns a function that makes cases from a table. Before a case runs, `open` makes its arguments from its subject. */
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

/** Registers all cases with vitest. Each case gets a subject of its own. */
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

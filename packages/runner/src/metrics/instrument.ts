import type { ApiUseCases, StoringUseCases } from '@user-activity/application';
import { measured } from './measured.ts';
import { storingMetrics } from './storing-metrics.ts';
import { sweepMetrics } from './sweep-metrics.ts';
import { takingMetrics } from './taking-metrics.ts';

type UseCase = (...args: never[]) => Promise<unknown>;
type UseCaseRecord<UseCases> = { readonly [Name in keyof UseCases]: UseCase };

/** Counters besides durations and errors. Each gets the result and the arguments of every successful call. */
type Counters<UseCases> = {
  readonly [Name in keyof UseCases]?: UseCases[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (result: Result, ...args: Args) => void
    : never;
};

/** Returns the use cases of the API, measured. */
export function instrumentApi(useCases: ApiUseCases): ApiUseCases {
  const { single, batch } = takingMetrics();
  return instrument(useCases, {
    logActivity: single,
    logAndWait: single,
    logActivities: batch,
    logCalls: batch,
    sweepDeadLetters: sweepMetrics(),
  });
}

/** Returns the use cases of the storing side, measured. */
export const instrumentStoring = (useCases: StoringUseCases): StoringUseCases =>
  instrument(useCases, { storeActivities: storingMetrics() });

/** Returns the same use cases, each measured under its key in the record. */
function instrument<UseCases extends UseCaseRecord<UseCases>>(
  useCases: UseCases,
  counters: Counters<UseCases>,
): UseCases {
  const counterOf = counters as {
    readonly [name: string]: ((result: unknown, ...args: never[]) => void) | undefined;
  };
  const instrumented = Object.entries<UseCase>(useCases).map(
    ([name, useCase]) => [name, measured(name, useCase, counterOf[name])] as const,
  );
  return Object.assign({ ...useCases }, Object.fromEntries(instrumented));
}

import type { ApiUseCases, StoringUseCases } from '@user-activity/application';
import { measured } from './measured.ts';
import { storingMetrics } from './storing-metrics.ts';
import { sweepMetrics } from './sweep-metrics.ts';
import { takingMetrics } from './taking-metrics.ts';

type UseCase = (...args: never[]) => Promise<unknown>;
type UseCaseRecord<UseCases> = { readonly [Name in keyof UseCases]: UseCase };

/** Counters beyond time and errors: each sees the result and the arguments of every call that succeeded. */
type Counters<UseCases> = {
  readonly [Name in keyof UseCases]?: UseCases[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (result: Result, ...args: Args) => void
    : never;
};

/** The use cases of the API, measured. */
export function instrumentApi(useCases: ApiUseCases): ApiUseCases {
  const { one, many } = takingMetrics();
  return instrument(useCases, {
    logActivity: one,
    logAndWait: one,
    logActivities: many,
    logCalls: many,
    sweepDeadLetters: sweepMetrics(),
  });
}

/** The use cases of the storing side, measured. */
export const instrumentStoring = (useCases: StoringUseCases): StoringUseCases =>
  instrument(useCases, { storeActivities: storingMetrics() });

/** The same use cases, each measured under its key in the record. */
function instrument<UseCases extends UseCaseRecord<UseCases>>(
  useCases: UseCases,
  counters: Counters<UseCases>,
): UseCases {
  const tell = counters as {
    readonly [name: string]: ((result: unknown, ...args: never[]) => void) | undefined;
  };
  const instrumented = Object.entries<UseCase>(useCases).map(
    ([name, useCase]) => [name, measured(name, useCase, tell[name])] as const,
  );
  return Object.assign({ ...useCases }, Object.fromEntries(instrumented));
}

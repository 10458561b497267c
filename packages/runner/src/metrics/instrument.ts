import type { ApiUseCases, StoringUseCases } from '@user-activity/application';
import { measureUseCase } from './measure-use-case.ts';
import { projectSweepMetrics } from './project-sweep-metrics.ts';
import { storingMetrics } from './storing-metrics.ts';
import { sweepMetrics } from './sweep-metrics.ts';
import { acceptanceMetrics } from './acceptance-metrics.ts';

type UseCase = (...args: never[]) => Promise<unknown>;
type UseCaseRecord<UseCases> = { readonly [Name in keyof UseCases]: UseCase };

/** Functions that count the successful calls of use cases, by use case. They get the result and the arguments of each call. */
type Counters<UseCases> = {
  readonly [Name in keyof UseCases]?: UseCases[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (result: Result, ...args: Args) => void
    : never;
};

/** Wraps the use cases of the API to measure them. */
export function instrumentApi(useCases: ApiUseCases): ApiUseCases {
  const { single, batch } = acceptanceMetrics();
  return instrument(useCases, {
    logActivity: single,
    logAndWait: single,
    logActivities: batch,
    logCalls: batch,
    sweepDeadLetters: sweepMetrics(),
    sweepProjects: projectSweepMetrics(),
  });
}

/** Wraps the use cases of the consumer to measure them. */
export const instrumentStoring = (useCases: StoringUseCases): StoringUseCases =>
  instrument(useCases, { storeActivities: storingMetrics() });

/** Wraps each use case to measure it. The key of a use case in the record is its name in the metrics. */
function instrument<UseCases extends UseCaseRecord<UseCases>>(
  useCases: UseCases,
  counters: Counters<UseCases>,
): UseCases {
  const counterByName = counters as {
    readonly [name: string]: ((result: unknown, ...args: never[]) => void) | undefined;
  };
  const instrumented = Object.entries<UseCase>(useCases).map(
    ([name, useCase]) => [name, measureUseCase(name, useCase, counterByName[name])] as const,
  );
  return Object.assign({ ...useCases }, Object.fromEntries(instrumented));
}

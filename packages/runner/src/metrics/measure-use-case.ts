import { durationHistogram, timed } from './meter.ts';

/**
 * Wraps a use case to measure the duration of its calls, by use case and error code. Calls `onSuccess` with the result and the
 * arguments of each successful call.
 */
export function measureUseCase<Args extends readonly unknown[], Result>(
  name: string,
  useCase: (...args: Args) => Promise<Result>,
  onSuccess?: (result: Result, ...args: Args) => void,
): (...args: Args) => Promise<Result> {
  const histogram = durationHistogram(
    'user_activity.use_case.duration',
    'Duration of use case calls, in seconds',
  );
  return timed(histogram, useCase, { 'user_activity.use_case': name }, onSuccess);
}

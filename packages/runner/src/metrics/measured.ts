import { timer } from './meter.ts';

/**
 * Returns the use case with the duration of each call measured, by use case and error code. Calls `onSuccess` with the result
 * and the arguments of each successful call.
 */
export function measured<Args extends readonly unknown[], Result>(
  name: string,
  useCase: (...args: Args) => Promise<Result>,
  onSuccess: (result: Result, ...args: Args) => void = () => undefined,
): (...args: Args) => Promise<Result> {
  const time = timer('user_activity.use_case.duration', 'Duration of use case calls, in seconds', {
    'user_activity.use_case': name,
  });
  return async (...args) => {
    const result = await time(() => useCase(...args));
    onSuccess(result, ...args);
    return result;
  };
}

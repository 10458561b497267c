import { attributesBy, errorType, histogram, waits } from './meter.ts';

/**
 * The same use case, measured: each call's time by the use case and the code of its error. `tell` sees what a call that
 * succeeded came to. Every use case is wrapped by this.
 */
export function measured<Args extends readonly unknown[], Result>(
  name: string,
  useCase: (...args: Args) => Promise<Result>,
  tell: (result: Result, ...args: Args) => void = () => undefined,
): (...args: Args) => Promise<Result> {
  const duration = histogram(
    'user_activity.use_case.duration',
    's',
    'Duration of use case calls, in seconds',
    waits,
  );
  const done = { 'user_activity.use_case': name };
  const failed = attributesBy('error.type', done);
  return async (...args) => {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    let result: Result;
    try {
      result = await useCase(...args);
    } catch (error) {
      duration.record(seconds(), failed(errorType(error)));
      throw error;
    }
    duration.record(seconds(), done);
    tell(result, ...args);
    return result;
  };
}

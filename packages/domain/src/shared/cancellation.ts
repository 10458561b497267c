/** Signals to running work that its result is no longer wanted. It is the part of `AbortSignal` that the domain needs. */
export interface Cancellation {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Tells work that its result is no longer wanted. Every `AbortSignal` is one; the domain needs no more of it. */
export interface Cancellation {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

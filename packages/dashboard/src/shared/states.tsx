import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyRequest } from '../api/key.ts';
import { describeFailure } from './failure.ts';
import { Icon, type IconName } from './icon.tsx';
import './states.css';

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** A message that a view shows instead of data. */
export function Notice({ icon, title, children }: NoticeProps) {
  return (
    <div class="notice">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

const icons = {
  key: 'key',
  scope: 'key',
  limit: 'clock',
  unavailable: 'cloud',
  unreachable: 'cloud',
  query: 'filter',
  other: 'alert',
} as const;

/** Says why data could not be loaded, and offers a remedy. If the error has `retryAfter`, it calls `retry` by itself after that time. */
export function Failed({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const { kind, title, detail, retryAfter } = describeFailure(error);
  const seconds = useCountdown(error, retryAfter, retry);
  const isAboutKey = kind === 'key' || kind === 'scope';
  return (
    <div role="alert">
      <Notice icon={icons[kind]} title={title}>
        <p dir="auto">{detail}</p>
        <p class="notice-actions">
          {isAboutKey && (
            <button
              type="button"
              class="button primary"
              onClick={() => {
                keyRequest.value = { reason: kind === 'key' ? 'missing' : 'refused', detail };
              }}
            >
              Use another key
            </button>
          )}
          {kind !== 'query' && (
            <button type="button" class="button" onClick={retry}>
              {seconds === undefined ? 'Try again' : `Try again (in ${seconds} s)`}
            </button>
          )}
        </p>
      </Notice>
    </div>
  );
}

/** Counts down from a number of seconds, and then calls `onEnd`. Each new `error` restarts the countdown. Returns the remaining seconds. */
function useCountdown(error: unknown, from: number | undefined, onEnd: () => void): number | undefined {
  const [seconds, setSeconds] = useState<number | undefined>();
  const latest = useRef(onEnd);
  latest.current = onEnd;
  useEffect(() => {
    let left = from === undefined ? undefined : Math.max(1, Math.ceil(from));
    setSeconds(left);
    const timer = setInterval(() => {
      if (left === undefined || left === 0) return;
      left -= 1;
      if (left === 0) latest.current();
      else setSeconds(left);
    }, 1000);
    return () => clearInterval(timer);
  }, [error]);
  return seconds;
}

/** Shows that data is loading. Screen readers announce it. */
export const Loading = ({ label = 'Loading' }: { readonly label?: string }) => (
  <div class="loading" role="status">
    <span class="spinner" aria-hidden="true" />
    {label} …
  </div>
);

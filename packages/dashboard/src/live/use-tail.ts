import type { Activity, ActivityFilter } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';
import { service, serviceNow } from '../api/service.ts';
import { LiveBuffer, type LiveSnapshot } from './live-buffer.ts';

/** The state of the connection to the service. */
export type Connection =
  | { readonly kind: 'connecting' }
  /** The first connection has not succeeded yet. The tail keeps trying, and then starts with new activities. */
  | { readonly kind: 'absent'; readonly reason: unknown }
  | { readonly kind: 'live'; readonly recovery?: Recovery }
  /** The connection broke. The tail keeps trying, and then continues after the last activity. */
  | { readonly kind: 'lost'; readonly reason: unknown }
  /** The service refused the connection for good, for example because of the key. The tail does not retry. */
  | { readonly kind: 'refused'; readonly error: unknown };

/** The length of an outage that has ended, and what arrived during it. */
export interface Recovery {
  /** The length of the outage, in seconds. */
  readonly seconds: number;
  /** The number of activities that the service received during the outage, and that the tail got after it. */
  readonly caughtUp: number;
}

/** What `useTail` returns: the activities, their rates, and the state of the connection. */
export interface Tail extends LiveSnapshot {
  /** The number of activities in each of the last 60 seconds, earliest first. */
  readonly rates: readonly number[];
  readonly connection: Connection;
  /** Connects again after a refusal. */
  readonly retry: () => void;
}

/** The minimum time between two renderings. Nobody can read faster. */
const minRenderMs = 120;
/** The time between two renderings of the rates. */
const rateMs = 1000;

/**
 * Follows new activities that match the filter. `version` identifies the filter: when it changes, the tail starts again. While `isHeld` is
 * true, the list does not change, and new activities wait.
 */
export function useTail(filter: ActivityFilter, version: string, isHeld: boolean): Tail {
  const buffer = useRef<LiveBuffer>(undefined);
  buffer.current ??= new LiveBuffer(Date.now());
  const [, draw] = useState(0);
  const [connection, setConnection] = useState<Connection>({ kind: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const redraw = (): void => draw((count) => count + 1);
  useEffect(() => {
    const controller = new AbortController();
    const newBuffer = new LiveBuffer(Date.now());
    buffer.current = newBuffer;
    setConnection({ kind: 'connecting' });
    const outage = new Outage();
    let hasConnected = false;
    const drawSoon = throttled(() => {
      setConnection((current) =>
        current.kind === 'live' ? { kind: 'live', ...outage.recovery() } : current,
      );
      redraw();
    });
    const add = (activity: Activity): void => {
      newBuffer.add(activity, Date.now());
      outage.count(activity);
      drawSoon();
    };
    const follow = async (): Promise<void> => {
      const tail = service.tail({
        ...filter,
        signal: controller.signal,
        onConnect() {
          hasConnected = true;
          outage.end();
          setConnection({ kind: 'live', ...outage.recovery() });
        },
        onReconnect(reason) {
          if (hasConnected) outage.begin();
          setConnection({ kind: hasConnected ? 'lost' : 'absent', reason });
        },
      });
      for await (const { activity } of tail) add(activity);
    };
    follow().catch((error: unknown) => {
      if (!controller.signal.aborted) setConnection({ kind: 'refused', error });
    });
    const timer = setInterval(redraw, rateMs);
    return () => {
      controller.abort();
      clearInterval(timer);
      drawSoon.cancel();
    };
  }, [version, attempt, keyVersion.value]);
  const { current } = buffer;
  return {
    ...current.snapshot(isHeld),
    rates: current.rates(Date.now()),
    connection,
    retry: () => setAttempt((count) => count + 1),
  };
}

/** Measures the latest outage of the connection: when it began and ended, by the clock of the service, and what arrived during it. */
class Outage {
  #from: number | undefined;
  #to: number | undefined;
  #caughtUp = 0;

  begin(): void {
    // Further failed attempts belong to the same outage.
    if (this.#from !== undefined && this.#to === undefined) return;
    this.#from = serviceNow();
    this.#to = undefined;
    this.#caughtUp = 0;
  }

  end(): void {
    if (this.#from !== undefined) this.#to ??= serviceNow();
  }

  /** Counts an activity that arrives after the outage, if the service received it before the outage ended. */
  count({ receivedAt }: Activity): void {
    if (this.#to !== undefined && Date.parse(receivedAt) <= this.#to) this.#caughtUp += 1;
  }

  /** Returns the length of the outage and the number of activities. The object is empty if no outage has ended. */
  recovery(): { readonly recovery?: Recovery } {
    if (this.#from === undefined || this.#to === undefined) return {};
    const seconds = Math.max(1, Math.round((this.#to - this.#from) / 1000));
    return { recovery: { seconds, caughtUp: this.#caughtUp } };
  }
}

/**
 * Returns a function that runs `run` at the next animation frame, at most once in `minRenderMs`. A page in the background has no animation
 * frames, so `run` waits until the page is visible.
 */
function throttled(run: () => void): { (): void; readonly cancel: () => void } {
  let frame: number | undefined;
  let ranAt = Number.NEGATIVE_INFINITY;
  const onFrame = (now: number): void => {
    if (now - ranAt < minRenderMs) {
      frame = requestAnimationFrame(onFrame);
      return;
    }
    frame = undefined;
    ranAt = now;
    run();
  };
  const soon = (): void => {
    frame ??= requestAnimationFrame(onFrame);
  };
  return Object.assign(soon, {
    cancel: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  });
}

import type { Activity, ActivityFilter } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyVersion } from '../api/key.ts';
import { service, serviceNow } from '../api/service.ts';
import { LiveBuffer, type LiveSnapshot } from './live-buffer.ts';

/** The state of the connection. */
export type Connection =
  | { readonly kind: 'connecting' }
  /** There was no connection yet, so that the tail has no position. It tries again. */
  | { readonly kind: 'absent'; readonly reason: unknown }
  | { readonly kind: 'live'; readonly recovery?: Recovery }
  /** The connection broke. The tail tries again, and goes on where it was. */
  | { readonly kind: 'lost'; readonly reason: unknown }
  /** The service refuses the tail: trying again does not help. */
  | { readonly kind: 'refused'; readonly error: unknown };

/** How an outage ended. */
export interface Recovery {
  readonly seconds: number;
  /** The number of activities that arrived during the outage, and were added after it. */
  readonly caughtUp: number;
}

export interface Tail extends LiveSnapshot {
  readonly rates: readonly number[];
  readonly connection: Connection;
  /** Connects again after a refusal. */
  readonly retry: () => void;
}

// Nobody can read faster.
const minDrawMs = 120;
const rateMs = 1000;

/** Follows the activities that match. `version` identifies the filter. While the list is held, new activities wait. */
export function useTail(filter: ActivityFilter, version: string, isHeld: boolean): Tail {
  const buffer = useRef<LiveBuffer>(undefined);
  buffer.current ??= new LiveBuffer(Date.now());
  const [, draw] = useState(0);
  const [connection, setConnection] = useState<Connection>({ kind: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const redraw = (): void => draw((count) => count + 1);
  useEffect(() => {
    const controller = new AbortController();
    const held = new LiveBuffer(Date.now());
    buffer.current = held;
    setConnection({ kind: 'connecting' });
    const outage = new Outage();
    let isKnown = false;
    const drawSoon = throttled(() => {
      setConnection((current) =>
        current.kind === 'live' ? { kind: 'live', ...outage.recovery() } : current,
      );
      redraw();
    });
    const add = (activity: Activity): void => {
      held.add(activity, Date.now());
      outage.count(activity);
      drawSoon();
    };
    const follow = async (): Promise<void> => {
      const tail = service.tail({
        ...filter,
        signal: controller.signal,
        onConnect() {
          isKnown = true;
          outage.end();
          setConnection({ kind: 'live', ...outage.recovery() });
        },
        onReconnect(reason) {
          if (isKnown) outage.begin();
          setConnection({ kind: isKnown ? 'lost' : 'absent', reason });
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

/** The latest time without a connection, by the clock of the service. */
class Outage {
  #from: number | undefined;
  #to: number | undefined;
  #caughtUp = 0;

  begin(): void {
    // Attempts that fail belong to the same outage.
    if (this.#from !== undefined && this.#to === undefined) return;
    this.#from = serviceNow();
    this.#to = undefined;
    this.#caughtUp = 0;
  }

  end(): void {
    if (this.#from !== undefined) this.#to ??= serviceNow();
  }

  /** Counts an activity, if the service received it during the outage. */
  count({ receivedAt }: Activity): void {
    if (this.#to !== undefined && Date.parse(receivedAt) <= this.#to) this.#caughtUp += 1;
  }

  /** Returns how the outage ended, if there was one. */
  recovery(): { readonly recovery?: Recovery } {
    if (this.#from === undefined || this.#to === undefined) return {};
    const seconds = Math.max(1, Math.round((this.#to - this.#from) / 1000));
    return { recovery: { seconds, caughtUp: this.#caughtUp } };
  }
}

/** Runs a function at the next frame, but at most once in `minDrawMs`. A page in the background has no frames, and draws nothing. */
function throttled(run: () => void): { (): void; readonly cancel: () => void } {
  let frame: number | undefined;
  let ranAt = Number.NEGATIVE_INFINITY;
  const onFrame = (now: number): void => {
    if (now - ranAt < minDrawMs) {
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

import type { Activity, ActivityFilter } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';
import { service, serviceNow } from '../api/service.ts';
import { LiveBuffer, type LiveSnapshot } from './live-buffer.ts';

/** The state of the connection. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly recovery?: Recovery }
  /** The connection broke, and the tail tries again. */
  | { readonly kind: 'lost'; readonly reason: unknown; readonly since: number }
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
  /** Forgets the activities so far. */
  readonly clear: () => void;
  /** Connects again after a refusal. */
  readonly retry: () => void;
}

// Nobody can read faster.
const minDrawMs = 120;
const rateMs = 1000;

/** Follows the activities that match. `version` identifies the filter. While the list is held, new activities wait. */
export function useTail(filter: ActivityFilter, version: string, isHeld: boolean): Tail {
  const buffer = useRef<LiveBuffer>(undefined);
  buffer.current ??= new LiveBuffer();
  const [, draw] = useState(0);
  const [connection, setConnection] = useState<Connection>({ kind: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const redraw = (): void => draw((count) => count + 1);
  useEffect(() => {
    const controller = new AbortController();
    const held = new LiveBuffer();
    buffer.current = held;
    setConnection({ kind: 'connecting' });
    const drawSoon = throttled(redraw);
    const outage = new Outage();
    const add = (activity: Activity): void => {
      held.add(activity, Date.now());
      if (outage.covers(activity)) setConnection({ kind: 'live', recovery: outage.recovery() });
      drawSoon();
    };
    const follow = async (): Promise<void> => {
      const tail = service.tail({
        ...filter,
        signal: controller.signal,
        onConnect() {
          outage.end();
          setConnection({ kind: 'live', ...(outage.isKnown && { recovery: outage.recovery() }) });
        },
        onReconnect(reason) {
          outage.begin();
          setConnection({ kind: 'lost', reason, since: outage.from });
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
  }, [version, attempt, apiKey.value]);
  const { current } = buffer;
  return {
    ...current.snapshot(isHeld),
    rates: current.rates(Date.now()),
    connection,
    clear() {
      current.clear();
      redraw();
    },
    retry: () => setAttempt((count) => count + 1),
  };
}

/** The latest time without a connection, by the clock of the service. */
class Outage {
  from = 0;
  #to: number | undefined;
  #caughtUp = 0;

  get isKnown(): boolean {
    return this.#to !== undefined && this.from > 0;
  }

  begin(): void {
    // Attempts that fail belong to the same outage.
    if (this.from > 0 && this.#to === undefined) return;
    this.from = serviceNow();
    this.#to = undefined;
    this.#caughtUp = 0;
  }

  end(): void {
    if (this.from > 0) this.#to ??= serviceNow();
  }

  /** Counts an activity that the service received during the outage. Returns whether it did. */
  covers({ receivedAt }: Activity): boolean {
    if (this.#to === undefined || Date.parse(receivedAt) > this.#to) return false;
    this.#caughtUp += 1;
    return true;
  }

  recovery(): Recovery {
    const ms = (this.#to ?? this.from) - this.from;
    return { seconds: Math.max(1, Math.round(ms / 1000)), caughtUp: this.#caughtUp };
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

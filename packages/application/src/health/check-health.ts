import type { ProgressState } from './progress-watchdog.ts';

/** Whether something can do its work. */
export type HealthStatus = 'ok' | 'unavailable';

/** How the service and its dependencies are; `ok` when all of them are. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: {
    readonly log: HealthStatus;
    readonly store: HealthStatus;
    /** Whether the consumer gets on; only of a process that has one. */
    readonly progress?: HealthStatus;
  };
}

/** Asks the log and the store whether they answer. Never throws. */
export type CheckHealth = () => Promise<Health>;

/** Something that can be asked whether it works: it resolves, or rejects. */
export interface Answering {
  ping(): Promise<void>;
}

/** How a consumer gets on, as whoever watches it knows. */
export interface Progressing {
  readonly state: ProgressState;
}

/** What the health of a process depends on. */
export interface HealthDeps {
  readonly log: readonly Answering[];
  readonly store: readonly Answering[];
  readonly progress?: Progressing | undefined;
}

export const makeCheckHealth = ({ log, store, progress }: HealthDeps): CheckHealth =>
  async function checkHealth() {
    const [ofLog, ofStore] = await Promise.all([statusOf(log), statusOf(store)]);
    const checks: Health['checks'] = {
      log: ofLog,
      store: ofStore,
      ...(progress === undefined ? {} : { progress: progress.state === 'moving' ? 'ok' : 'unavailable' }),
    };
    const isSound = Object.values(checks).every((one) => one === 'ok');
    return { status: isSound ? 'ok' : 'unavailable', checks };
  };

async function statusOf(all: readonly Answering[]): Promise<HealthStatus> {
  try {
    await Promise.all(all.map((one) => one.ping()));
    return 'ok';
  } catch {
    return 'unavailable';
  }
}

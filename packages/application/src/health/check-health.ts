import type { ProgressState } from './progress-watchdog.ts';

/** Whether a dependency, or the whole process, can do its work. */
export type HealthStatus = 'ok' | 'unavailable';

/** The health of the process and its dependencies. It is `ok` if all of them are. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: {
    readonly log: HealthStatus;
    readonly store: HealthStatus;
    /** Whether the consumer makes progress. Absent if the process has no consumer. */
    readonly progress?: HealthStatus;
  };
}

/** Checks whether the log and the store answer, and whether the consumer makes progress. Never throws. */
export type CheckHealth = () => Promise<Health>;

/** A dependency whose `ping` resolves if it works, and rejects otherwise. */
export interface Pingable {
  ping(): Promise<void>;
}

/** Tells the state of a watched consumer, as `ProgressWatchdog` does. */
export interface ProgressSource {
  readonly state: ProgressState;
}

/** The dependencies that a health check asks. `progress` is undefined if the process has no consumer. */
export interface HealthDeps {
  readonly log: readonly Pingable[];
  readonly store: readonly Pingable[];
  readonly progress?: ProgressSource | undefined;
}

export const makeCheckHealth = ({ log, store, progress }: HealthDeps): CheckHealth =>
  async function checkHealth() {
    const [logStatus, storeStatus] = await Promise.all([statusOf(log), statusOf(store)]);
    const checks: Health['checks'] = {
      log: logStatus,
      store: storeStatus,
      ...(progress === undefined ? {} : { progress: progress.state === 'moving' ? 'ok' : 'unavailable' }),
    };
    const isHealthy = Object.values(checks).every((check) => check === 'ok');
    return { status: isHealthy ? 'ok' : 'unavailable', checks };
  };

async function statusOf(dependencies: readonly Pingable[]): Promise<HealthStatus> {
  try {
    await Promise.all(dependencies.map((dependency) => dependency.ping()));
    return 'ok';
  } catch {
    return 'unavailable';
  }
}

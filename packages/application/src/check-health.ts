import type { ActivityRepository, EventPublisher } from '@user-activity/domain';

/** Whether something can do its work. */
export type HealthStatus = 'ok' | 'unavailable';

/** How the service's dependencies are; `ok` when all of them are. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: { readonly log: HealthStatus; readonly store: HealthStatus };
}

/** Asks the log and the store whether they answer. Never throws. */
export type CheckHealth = () => Promise<Health>;

export const makeCheckHealth = (deps: {
  readonly publisher: EventPublisher;
  readonly repository: ActivityRepository;
}): CheckHealth =>
  async function checkHealth() {
    const [log, store] = await Promise.all([answers(deps.publisher), answers(deps.repository)]);
    return { status: log === 'ok' && store === 'ok' ? 'ok' : 'unavailable', checks: { log, store } };
  };

async function answers(dependency: { ping(): Promise<void> }): Promise<HealthStatus> {
  try {
    await dependency.ping();
    return 'ok';
  } catch {
    return 'unavailable';
  }
}

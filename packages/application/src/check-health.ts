/** Whether something can do its work. */
export type HealthStatus = 'ok' | 'unavailable';

/** How the service's dependencies are; `ok` when all of them are. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: { readonly log: HealthStatus; readonly store: HealthStatus };
}

/** Asks the log and the store whether they answer. Never throws. */
export type CheckHealth = () => Promise<Health>;

/** Something that can be asked whether it works: it resolves, or rejects. */
export interface Answering {
  ping(): Promise<void>;
}

export const makeCheckHealth = (deps: {
  readonly log: readonly Answering[];
  readonly store: readonly Answering[];
}): CheckHealth =>
  async function checkHealth() {
    const [log, store] = await Promise.all([statusOf(deps.log), statusOf(deps.store)]);
    return { status: log === 'ok' && store === 'ok' ? 'ok' : 'unavailable', checks: { log, store } };
  };

async function statusOf(all: readonly Answering[]): Promise<HealthStatus> {
  try {
    await Promise.all(all.map((one) => one.ping()));
    return 'ok';
  } catch {
    return 'unavailable';
  }
}

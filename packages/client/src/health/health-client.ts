import type { Health, HealthHistory } from '../api/health.ts';
import { type CallOptions, Connection, type ConnectionOptions } from '../http/connection.ts';

/** Asks how the service is. It is apart from `ActivityClient`, because no page that logs needs it. */
export class HealthClient {
  readonly #connection: Connection;

  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  /** Resolves with the state of the service and of what it depends on, also if it cannot serve requests. */
  ready(options: CallOptions = {}): Promise<Health> {
    const isAnswer = ({ ok, status }: Response): boolean => ok || status === 503;
    return this.#connection.json({ path: '/health/ready', ...options }, isAnswer);
  }

  /** Resolves with what the process that answers measured in each of the last 60 minutes, the earliest first. */
  history(options: CallOptions = {}): Promise<HealthHistory> {
    return this.#connection.get({ path: '/api/health/history', ...options });
  }
}

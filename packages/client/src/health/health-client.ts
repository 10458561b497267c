import type { Health, HealthHistory } from '../api/health.ts';
import { type CallOptions, Connection, type ConnectionOptions } from '../http/connection.ts';

/** Reads the health of the service. It is not part of `ActivityClient`, so that pages that only log do not load it. */
export class HealthClient {
  readonly #connection: Connection;

  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  /** Resolves with the state of the service and of each check, even if the service answers 503 because it cannot serve requests. */
  ready(options: CallOptions = {}): Promise<Health> {
    const isAnswer = ({ ok, status }: Response): boolean => ok || status === 503;
    return this.#connection.json({ path: '/health/ready', ...options }, isAnswer);
  }

  /** Resolves with what the answering process measured in each of the last 60 minutes, earliest first. */
  history(options: CallOptions = {}): Promise<HealthHistory> {
    return this.#connection.get({ path: '/api/health/history', ...options });
  }
}

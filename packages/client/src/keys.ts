import type { Key, KeyWithSecret, NewKey } from './api/key.ts';
import type { CallOptions, Connection } from './http/connection.ts';
import { pathSegment } from './http/path-segment.ts';

/** Manages the API keys of a project, or of all projects for operators. */
export class Keys {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Resolves with the keys, the oldest first, without their secrets. */
  async list(options: CallOptions = {}): Promise<readonly Key[]> {
    const call = { path: '/api/keys', ...options };
    return (await this.#connection.get<{ readonly data: readonly Key[] }>(call)).data;
  }

  /** Makes a key. Keep its secret: it is shown this once. */
  create(key: NewKey, options: CallOptions = {}): Promise<KeyWithSecret> {
    return this.#connection.json({ method: 'POST', path: '/api/keys', json: key, ...options });
  }

  /** Gives a key another secret. The one before works for `overlapSeconds` more. Default: a day. */
  async rotate(
    id: string,
    { overlapSeconds, ...options }: CallOptions & { readonly overlapSeconds?: number } = {},
  ): Promise<KeyWithSecret> {
    const path = `/api/keys/${pathSegment(id)}/rotate`;
    return this.#connection.json({ method: 'POST', path, json: { overlapSeconds }, ...options });
  }

  /** Revokes a key for good. */
  async revoke(id: string, options: CallOptions = {}): Promise<void> {
    const path = `/api/keys/${pathSegment(id)}`;
    return this.#connection.json({ method: 'DELETE', path, ...options });
  }
}

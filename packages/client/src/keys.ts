import type { Key, KeyWithSecret, NewKey } from './api/key.ts';
import type { CallOptions, Connection } from './http/connection.ts';
import { pathSegment } from './http/path-segment.ts';

/** Manages API keys: those of one project, or those of all projects if the client has the key of an operator. */
export class Keys {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Resolves with the keys without their secrets, oldest first. */
  async list(options: CallOptions = {}): Promise<readonly Key[]> {
    const call = { path: '/api/keys', ...options };
    return (await this.#connection.get<{ readonly data: readonly Key[] }>(call)).data;
  }

  /** Creates a key. Keep its secret: no later call returns it. */
  create(key: NewKey, options: CallOptions = {}): Promise<KeyWithSecret> {
    return this.#connection.json({ method: 'POST', path: '/api/keys', json: key, ...options });
  }

  /** Gives a key a new secret. The previous secret stays valid for `overlapSeconds`. Default: 86,400, one day. */
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

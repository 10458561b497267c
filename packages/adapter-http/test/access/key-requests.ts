import { post, type Service } from '../service.ts';

export const rootKey = 'root-key';

/** The headers of a request with the root key. */
export const asRoot = (headers: Record<string, string> = {}) => ({ 'x-api-key': rootKey, ...headers });

export interface KeyBody {
  readonly id: string;
  readonly secret: string;
}

/** Makes a key as an operator does. Throws if it is refused. */
export async function makeKey(
  { app }: Pick<Service, 'app'>,
  fields: {
    readonly scopes: readonly string[];
    readonly project?: string;
    readonly expiresAt?: string;
    readonly origins?: readonly string[];
    readonly limits?: Readonly<Record<string, number>>;
  },
): Promise<KeyBody> {
  const response = await post(app, '/api/keys', { name: 'a key', ...fields }, asRoot());
  if (response.statusCode !== 201) throw new Error(response.body);
  return response.json<KeyBody>();
}

/** Makes a public key, which only web pages of the origins can use. */
export const makePublicKey = (
  it: Pick<Service, 'app'>,
  origins: readonly string[],
  fields: { readonly project?: string; readonly expiresAt?: string } = {},
): Promise<KeyBody> => makeKey(it, { scopes: ['write'], project: 'shop', origins, ...fields });

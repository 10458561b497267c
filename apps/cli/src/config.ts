/** The settings from the environment. An empty variable counts as unset. */
export interface Environment {
  readonly url: string;
  readonly key: string | undefined;
}

/** Reads `USER_ACTIVITY_URL` and `API_KEY`. Default URL: the service of this machine or container, at its own `HOST` and `PORT`. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const set = (name: string): string | undefined => variables[name]?.trim() || undefined;
  return {
    url: set('USER_ACTIVITY_URL') ?? `http://${reachable(set('HOST'))}:${set('PORT') ?? '3000'}`,
    key: set('API_KEY'),
  };
}

/** Returns the address at which to reach a service that listens on `host`. If it listens on all addresses, this machine's. */
function reachable(host: string = '127.0.0.1'): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

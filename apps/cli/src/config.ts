/** The settings in the environment variables. An empty variable counts as unset. */
export interface Environment {
  readonly url: string;
  readonly key: string | undefined;
}

/** Reads `USER_ACTIVITY_URL` and `API_KEY`. Default URL: `HOST` and `PORT`, which the service of this container also uses. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const set = (name: string): string | undefined => variables[name]?.trim() || undefined;
  return {
    url: set('USER_ACTIVITY_URL') ?? `http://${reachableHost(set('HOST'))}:${set('PORT') ?? '3000'}`,
    key: set('API_KEY'),
  };
}

/** Returns the host of a URL for a service that listens on `host`. */
function reachableHost(host: string = '127.0.0.1'): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What the environment says; an empty variable counts as unset. */
export interface Environment {
  readonly url: string;
  readonly key: string | undefined;
}

/** Reads `USER_ACTIVITY_URL` and `API_KEY`. Default: the service of this machine or container, at its own `HOST` and `PORT`. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const set = (name: string): string | undefined => variables[name]?.trim() || undefined;
  return {
    url: set('USER_ACTIVITY_URL') ?? `http://${reachable(set('HOST'))}:${set('PORT') ?? '3000'}`,
    key: set('API_KEY'),
  };
}

/** The address for a client of a service that listens there: one that listens on every address is asked on this machine. */
function reachable(host: string = '127.0.0.1'): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** The settings in the environment variables. An empty variable counts as unset. */
export interface Environment {
  readonly url: string;
  readonly key: string | undefined;
}

/**
 * Reads `USER_ACTIVITY_URL` and `API_KEY`. The default URL is made from `HOST` and `PORT`, which also tell a service in the same container
 * where to listen.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const valueOf = (name: string): string | undefined => variables[name]?.trim() || undefined;
  return {
    url:
      valueOf('USER_ACTIVITY_URL') ?? `http://${reachableHost(valueOf('HOST'))}:${valueOf('PORT') ?? '3000'}`,
    key: valueOf('API_KEY'),
  };
}

/** Returns the host part of a URL that reaches a service listening on `host`. */
function reachableHost(host: string = '127.0.0.1'): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

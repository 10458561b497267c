/** What the environment says; an empty variable counts as unset. */
export interface Environment {
  readonly url: string;
  readonly key: string | undefined;
}

/** Reads `USER_ACTIVITY_URL` and `API_KEY`. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const { USER_ACTIVITY_URL: url = '', API_KEY: key = '' } = variables;
  return {
    url: url.trim() === '' ? 'http://127.0.0.1:3000' : url.trim(),
    key: key.trim() === '' ? undefined : key.trim(),
  };
}

/**
 * What the page shows: a view, its parameters, and the project. The fragment of the URL contains it, such as `#/explore?type=LOGIN`, or
 * `#/@shop/explore` with a project. So a reload shows the same place. Browsers do not send fragments, so neither the service nor a proxy
 * logs which user somebody looked up.
 */
export interface Place {
  readonly project: string | undefined;
  readonly view: string;
  readonly parameters: URLSearchParams;
}

/** Parses the fragment of a URL. */
export function parsePlace(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const [, project, view = path] = /^@([^/]+)\/?(.*)$/.exec(path) ?? [];
  return { project, view, parameters: new URLSearchParams(query) };
}

/** Returns the URL fragment for a place. */
export function fragmentOf({ project, view, parameters }: Place): string {
  const query = String(parameters);
  return `#/${project === undefined ? '' : `@${project}/`}${view}${query === '' ? '' : `?${query}`}`;
}

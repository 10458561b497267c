/**
 * Where the page is: a view and its parameters. It is in the fragment of the URL, `#/explore?type=LOGIN`, so that a reload shows the same,
 * and neither the service nor a proxy logs whom somebody looked up. A project comes before the view: `#/@shop/explore`.
 */
export interface Place {
  readonly project: string | undefined;
  readonly view: string;
  readonly parameters: URLSearchParams;
}

/** Reads a place from the fragment of a URL. */
export function parsePlace(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const [, project, view = path] = /^@([^/]+)\/?(.*)$/.exec(path) ?? [];
  return { project, view, parameters: new URLSearchParams(query) };
}

/** Returns the fragment of the URL of a place. */
export function fragmentOf({ project, view, parameters }: Place): string {
  const query = String(parameters);
  return `#/${project === undefined ? '' : `@${project}/`}${view}${query === '' ? '' : `?${query}`}`;
}

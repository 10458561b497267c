/**
 * Where the page is: a view and its parameters. It is in the fragment of the URL, `#/explore?type=LOGIN`, so that a reload shows the same,
 * and neither the service nor a proxy logs whom somebody looked up.
 */
export interface Place {
  readonly view: string;
  readonly parameters: URLSearchParams;
}

/** Reads a place from the fragment of a URL. */
export function parsePlace(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split(/\?(.*)/s);
  return { view: path, parameters: new URLSearchParams(query) };
}

/** Returns the fragment of the URL of a place, for links. */
export function hrefOf(view: string, parameters: URLSearchParams = new URLSearchParams()): string {
  const query = String(parameters);
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}

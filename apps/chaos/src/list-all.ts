import { type ActivityJson, parseJson } from '@user-activity/domain';

/** Returns all activities that the API lists, oldest first. If a type is given, returns only activities of that type. */
export async function listAll(url: string, type?: string): Promise<readonly ActivityJson[]> {
  const parameters = new URLSearchParams({
    order: 'asc',
    limit: '500',
    ...(type === undefined ? {} : { type }),
  });
  const found: ActivityJson[] = [];
  for (let more = true; more; ) {
    const response = await fetch(`${url}/api/logs?${parameters.toString()}`);
    if (response.status !== 200) throw new Error(`The list was answered with ${response.status}.`);
    const page = parseJson(await response.text()) as unknown as {
      readonly data: readonly ActivityJson[];
      readonly pagination: { readonly nextCursor: string | null };
    };
    found.push(...page.data);
    const { nextCursor } = page.pagination;
    more = nextCursor !== null;
    if (nextCursor !== null) parameters.set('cursor', nextCursor);
  }
  return found;
}

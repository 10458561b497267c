import { type ActivityJson, parseJson } from '@user-activity/domain';
import type { Target } from './load/sender.ts';

/** Returns all activities of the project that the API lists, the oldest first. With `type`, returns only the activities of this type. */
export async function listAll({ url, project }: Target, type?: string): Promise<readonly ActivityJson[]> {
  const parameters = new URLSearchParams({
    order: 'asc',
    limit: '500',
    ...(type === undefined ? {} : { type }),
  });
  const found: ActivityJson[] = [];
  for (let hasMore = true; hasMore; ) {
    const response = await fetch(`${url}/api/logs?${parameters.toString()}`, {
      headers: { 'x-project': project },
    });
    if (response.status !== 200) throw new Error(`GET /api/logs was answered ${response.status}, not 200.`);
    const page = parseJson(await response.text()) as unknown as {
      readonly data: readonly ActivityJson[];
      readonly pagination: { readonly nextCursor: string | null };
    };
    found.push(...page.data);
    const { nextCursor } = page.pagination;
    hasMore = nextCursor !== null;
    if (nextCursor !== null) parameters.set('cursor', nextCursor);
  }
  return found;
}

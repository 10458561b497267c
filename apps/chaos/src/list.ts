import { type ActivityJson, parseJson } from '@user-activity/domain';
import type { Target } from './load/sender.ts';

/** Returns all activities of the project that the API lists, oldest first. If `type` is given, returns only activities of this type. */
export const listActivities = (target: Target, type?: string): Promise<readonly ActivityJson[]> =>
  readAllPages<ActivityJson>(target, '/api/logs', type === undefined ? {} : { type });

/** Returns the user of each dead letter of the project. The user is the key of the record. */
export async function listDeadLetterUsers(target: Target): Promise<readonly string[]> {
  const letters = await readAllPages<Letter>(target, '/api/dead-letters', {});
  return letters.map(({ key }) => key?.text ?? '');
}

interface Letter {
  readonly key: { readonly text?: string } | null;
}

async function readAllPages<Item>(
  { url, project }: Target,
  path: string,
  filter: Readonly<Record<string, string>>,
): Promise<readonly Item[]> {
  const parameters = new URLSearchParams({ order: 'asc', limit: '500', ...filter });
  const found: Item[] = [];
  for (let hasMore = true; hasMore; ) {
    const response = await fetch(`${url}${path}?${parameters.toString()}`, {
      headers: { 'x-project': project },
    });
    if (response.status !== 200)
      throw new Error(`GET ${path} was answered with ${response.status}, not 200.`);
    const page = parseJson(await response.text()) as unknown as {
      readonly data: readonly Item[];
      readonly pagination: { readonly nextCursor: string | null };
    };
    found.push(...page.data);
    const { nextCursor } = page.pagination;
    hasMore = nextCursor !== null;
    if (nextCursor !== null) parameters.set('cursor', nextCursor);
  }
  return found;
}

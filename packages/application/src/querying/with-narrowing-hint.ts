import { type ActivityFilter, DomainError, isDomainError } from '@user-activity/domain';

/** Calls `query` and returns its result. If it rejects with STORE_TIMEOUT, adds a hint on how to narrow the filter to the message. */
export async function withNarrowingHint<Answer>(
  filter: ActivityFilter,
  query: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await query();
  } catch (error) {
    if (!isDomainError(error, 'STORE_TIMEOUT')) throw error;
    throw new DomainError('STORE_TIMEOUT', `${error.message} ${narrowingHint(filter)}`, { cause: error });
  }
}

function narrowingHint({ userIds, createdAt: { from, to }, metadata }: ActivityFilter): string {
  const ways: string[] = [];
  if (userIds.length === 0) ways.push('add "userId"');
  if (userIds.length > 1) ways.push('ask for fewer users');
  if (from !== undefined && to !== undefined) ways.push('bring "from" and "to" closer together');
  else if (from !== undefined) ways.push('add "to"');
  else ways.push(to === undefined ? 'add "from" and "to"' : 'add "from"');
  const why = metadata.length > 0 ? ' Conditions on metadata are checked one activity at a time.' : '';
  return `To narrow the query, ${ways.join(', or ')}.${why}`;
}

import { service } from '../api/service.ts';
import { formatCount } from '../shared/time-format.ts';
import { visibleText } from '../shared/hidden-characters.ts';
import { useResource } from '../shared/use-resource.ts';
import { Value } from '../shared/value.tsx';
import { hrefOf } from '../shell/place.ts';

const maxShown = 8;

/** Links to the users with the most activities in the last hour. Shows nothing if there are no users, or too many to count. */
export function ActiveUsers() {
  const { value = [] } = useResource(
    async (signal) => (await service.stats({ by: 'userId', from: '-1h' }, { signal })).data,
    [],
  );
  const users = value.toSorted((a, b) => b.count - a.count).slice(0, maxShown);
  if (users.length === 0) return null;
  return (
    <>
      <p>Most active in the last hour:</p>
      <ul class="active-users">
        {users.map(({ key, count }) => (
          <li key={key}>
            <a class="button" href={hrefOf('user', new URLSearchParams({ userId: key }))}>
              <bdi title={visibleText(key)}>
                <Value text={key} />
              </bdi>
              <span>{formatCount(count)}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

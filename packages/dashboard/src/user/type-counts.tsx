import { useState } from 'preact/hooks';
import { visibleText } from '../shared/hidden-characters.ts';
import { formatCount } from '../shared/time-format.ts';
import type { TypeCount } from '../shared/load-timed-counts.ts';
import { Value } from '../shared/value.tsx';
import './type-counts.css';

interface TypeCountsProps {
  /** Most frequent first. Undefined if there are too many types for the service to count. */
  readonly types: readonly TypeCount[] | undefined;
  /** Returns the CSS variable with the color of a type. */
  readonly colorOf: (type: string) => string;
  readonly chosen: string | undefined;
  readonly onChoose: (type: string | undefined) => void;
}

const maxShown = 8;
/** The limit of the long list, because a user may have any number of types. */
const maxListed = 200;

/** Lists the types of a user with their counts. Pressing a type filters by it. Pressing it again removes the filter. */
export function TypeCounts({ types, colorOf, chosen, onChoose }: TypeCountsProps) {
  const [isLong, setLong] = useState(false);
  if (types === undefined)
    return <p class="hint">There are too many types to list them. Enter one in Explore to filter by it.</p>;
  const max = types[0]?.count ?? 1;
  const shown = types.slice(0, isLong ? maxListed : maxShown);
  const rest = types.length - shown.length;
  return (
    <div class="type-counts">
      <ul aria-label="Types">
        {shown.map(({ type, count }) => (
          <li key={type}>
            <button
              type="button"
              aria-pressed={type === chosen}
              onClick={() => onChoose(type === chosen ? undefined : type)}
            >
              <bdi title={visibleText(type)}>
                <Value text={type} />
              </bdi>
              <span>{formatCount(count)}</span>
              <i
                aria-hidden="true"
                style={{ width: `${(count / max) * 100}%`, background: `var(${colorOf(type)})` }}
              />
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 && !isLong && (
        <button type="button" class="type-more" onClick={() => setLong(true)}>
          {formatCount(rest)} more {rest === 1 ? 'type' : 'types'}
        </button>
      )}
      {rest > 0 && isLong && <p class="hint">{formatCount(rest)} more types are not listed.</p>}
    </div>
  );
}

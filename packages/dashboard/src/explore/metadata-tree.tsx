import { visibleText } from '../shared/hidden-characters.ts';
import { Icon } from '../shared/icon.tsx';
import { Value } from '../shared/value.tsx';
import { metadataLines } from './metadata-lines.ts';
import './metadata-tree.css';

interface MetadataTreeProps {
  readonly metadata: object;
  readonly onFilter: (path: string, value: string) => void;
}

/** Shows metadata with one value per line. Each value has a button that filters by it. */
export function MetadataTree({ metadata, onFilter }: MetadataTreeProps) {
  const { lines, isTruncated } = metadataLines(metadata);
  if (lines.length === 0) return <p class="hint">No metadata.</p>;
  return (
    <>
      <ul class="metadata-tree">
        {lines.map(({ name, depth, kind, text, value, path }, index) => (
          <li key={index} style={{ paddingInlineStart: `${depth * 14}px` }}>
            <bdi class="metadata-name">
              <Value text={name} />
            </bdi>
            <span class={`metadata-${kind}`} dir="auto">
              <Value text={text} isMultiline />
            </span>
            {path !== undefined && kind !== 'object' && (
              <button
                type="button"
                aria-label={visibleText(`Filter by ${path} = ${text}`)}
                title="Filter by this value"
                onClick={() => onFilter(path, value)}
              >
                <Icon name="filter" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {isTruncated && <p class="hint">There is more. Copy the activity as JSON to see all of it.</p>}
    </>
  );
}

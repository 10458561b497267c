import { useState } from 'preact/hooks';
import { service, serviceNow } from '../api/service.ts';
import { FilterToken, FilterTokens } from '../shared/filter-tokens.tsx';
import { makeAdder } from '../shared/filter-values.ts';
import { type Suggestion, TokenInput } from '../shared/token-input.tsx';
import { useResource } from '../shared/use-resource.ts';
import { conditionFault, type ExploreState, filterOf, isFiltered } from './explore-state.ts';
import { RangePicker } from './range-picker.tsx';
import { resolveRange } from './time-range.ts';
import './filter-bar.css';

interface FilterBarProps {
  readonly state: ExploreState;
  readonly onChange: (changes: Partial<ExploreState>) => void;
}

/** The chosen filters, and inputs to add more. */
export function FilterBar({ state, onChange }: FilterBarProps) {
  const { users, types, metadata } = state;
  const suggestions = useTypes(state);
  const addMetadata = (text: string): string | undefined => {
    const [, path = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (path.trim() === '') return 'Write a path and a value, such as device.os=ios';
    const condition = { path: path.trim(), value: value.trim() };
    const fault = conditionFault(metadata, condition);
    if (fault === undefined) onChange({ metadata: [...metadata, condition] });
    return fault;
  };
  return (
    <>
      <RangePicker from={state.from} to={state.to} onPick={(from, to) => onChange({ from, to })} />
      <TokenInput
        id="filter-user"
        label="Filter by user"
        placeholder="User"
        onAdd={makeAdder(users, 'users', (values) => onChange({ users: values }))}
      />
      <TokenInput
        id="filter-type"
        label="Filter by type"
        placeholder="Type"
        suggestions={suggestions.list.filter(({ value }) => !types.includes(value))}
        onFocus={suggestions.load}
        onAdd={makeAdder(types, 'types', (values) => onChange({ types: values }))}
      />
      <TokenInput
        id="filter-metadata"
        label="Filter by metadata"
        placeholder="Metadata: path=value"
        onAdd={addMetadata}
      />
      {isFiltered(state) && (
        <FilterTokens>
          {users.map((user) => (
            <FilterToken
              key={`user ${user}`}
              name="user"
              value={user}
              onRemove={() => onChange({ users: users.filter((one) => one !== user) })}
            />
          ))}
          {types.map((type) => (
            <FilterToken
              key={`type ${type}`}
              name="type"
              value={type}
              onRemove={() => onChange({ types: types.filter((one) => one !== type) })}
            />
          ))}
          {metadata.map((condition) => (
            <FilterToken
              key={`metadata ${condition.path} ${condition.value}`}
              name={condition.path}
              value={condition.value}
              onRemove={() => onChange({ metadata: metadata.filter((one) => one !== condition) })}
            />
          ))}
          <li>
            <button
              type="button"
              class="clear"
              onClick={() => onChange({ users: [], types: [], metadata: [] })}
            >
              Clear
            </button>
          </li>
        </FilterTokens>
      )}
    </>
  );
}

/** Loads the types of the activities that match the other filters, with their counts. Loads nothing until `load` is called. */
function useTypes(state: ExploreState): { readonly list: readonly Suggestion[]; readonly load: () => void } {
  const [isWanted, setWanted] = useState(false);
  const filter = filterOf({ ...state, types: [] }, resolveRange(state.from, state.to, serviceNow()));
  const { value } = useResource(
    async (signal) => (isWanted ? (await service.stats({ ...filter, by: 'type' }, { signal })).data : []),
    [isWanted, state.from, state.to, state.users.join('\n'), JSON.stringify(state.metadata)],
  );
  const list = (value ?? []).map(({ key, count }) => ({ value: key, count }));
  return { list, load: () => setWanted(true) };
}

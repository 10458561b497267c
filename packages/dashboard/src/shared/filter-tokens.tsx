import type { ComponentChildren } from 'preact';
import { visibleText } from './hidden-characters.ts';
import { Icon } from './icon.tsx';
import { Value } from './value.tsx';
import './filter-tokens.css';

interface FilterTokensProps {
  /** An additional CSS class, to position the list. */
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** The list of the active filters. */
export const FilterTokens = ({ class: place = '', children }: FilterTokensProps) => (
  <ul class={`tokens ${place}`} aria-label="Filters">
    {children}
  </ul>
);

interface FilterTokenProps {
  readonly name: string;
  readonly value: string;
  readonly onRemove: () => void;
}

/** An active filter, with a button that removes it. */
export const FilterToken = ({ name, value, onRemove }: FilterTokenProps) => (
  <li class="token">
    <bdi class="token-name">
      <Value text={name} />
    </bdi>
    <bdi class="token-value" title={visibleText(value)}>
      <Value text={value} />
    </bdi>
    <button type="button" aria-label={visibleText(`Remove the filter ${name} ${value}`)} onClick={onRemove}>
      <Icon name="close" />
    </button>
  </li>
);

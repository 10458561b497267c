import { signal } from '@preact/signals';
import { hrefOf, parsePlace, type Place } from './place-text.ts';

/** The current place. */
export const place = signal<Place>(parsePlace(location.hash));

addEventListener('popstate', () => {
  place.value = parsePlace(location.hash);
});

/** Goes to a place. With `replace`, the button Back skips the current one. */
export function goTo(
  view: string,
  parameters: URLSearchParams,
  { replace = false }: { readonly replace?: boolean } = {},
): void {
  const href = hrefOf(view, parameters);
  if (href === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  place.value = parsePlace(href);
}

import { batch, signal } from '@preact/signals';
import { project } from '../api/project.ts';
import { fragmentOf, parsePlace, type Place } from './place-text.ts';

/** The current place. */
export const place = signal<Place>(parsePlace(location.hash));
project.value = place.value.project;

addEventListener('popstate', () => show(parsePlace(location.hash)));

function show(next: Place): void {
  batch(() => {
    place.value = next;
    project.value = next.project;
  });
}

/** Returns the URL of a place in the current project, for links. */
export const hrefOf = (view: string, parameters: URLSearchParams = new URLSearchParams()): string =>
  fragmentOf({ project: place.value.project, view, parameters });

/** Goes to a place in the current project. With `replace`, the button Back skips the current one. */
export function goTo(
  view: string,
  parameters: URLSearchParams,
  { replace = false }: { readonly replace?: boolean } = {},
): void {
  goToPlace({ project: place.peek().project, view, parameters }, replace);
}

/** Goes to the same view of another project. What was filtered by belongs to the project, and is left. */
export function goToProject(name: string | undefined): void {
  if (name !== place.peek().project)
    goToPlace({ project: name, view: place.peek().view, parameters: new URLSearchParams() }, false);
}

function goToPlace(next: Place, replace: boolean): void {
  const href = fragmentOf(next);
  if (href === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  show(next);
}

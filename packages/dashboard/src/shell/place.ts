import { batch, signal } from '@preact/signals';
import { project } from '../api/project.ts';
import { fragmentOf, parsePlace, type Place } from './place-text.ts';

/** The place that the page currently shows. */
export const place = signal<Place>(parsePlace(location.hash));
project.value = place.value.project;

addEventListener('popstate', () => show(parsePlace(location.hash)));

function show(next: Place): void {
  batch(() => {
    place.value = next;
    project.value = next.project;
  });
}

/** Returns the URL of a view in the current project, for links. */
export const hrefOf = (view: string, parameters: URLSearchParams = new URLSearchParams()): string =>
  fragmentOf({ project: place.value.project, view, parameters });

/** Shows a view of the current project. With `replace`, it replaces the current entry of the browser history. */
export function goTo(
  view: string,
  parameters: URLSearchParams,
  { replace = false }: { readonly replace?: boolean } = {},
): void {
  goToPlace({ project: place.peek().project, view, parameters }, replace);
}

/** Shows the current view for another project, without parameters, because filters belong to one project. */
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

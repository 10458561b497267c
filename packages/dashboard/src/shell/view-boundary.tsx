import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { Notice } from '../shared/states.tsx';
import { hrefOf, place } from './place.ts';
import { views } from './views.ts';

/** Draws a view, or a way out if that fails. Another place, such as with the button Back, gets another try. */
export function ViewBoundary({ children }: { readonly children: ComponentChildren }) {
  // A fault that is caught here must still be in the console.
  const [error, retry] = useErrorBoundary((caught: unknown) => reportError(caught)) as [unknown, () => void];
  useEffect(() => retry, [place.value]);
  if (error === undefined) return <>{children}</>;
  return (
    <div role="alert">
      <Notice icon="alert" title="This page failed">
        <p>That is a fault of the dashboard. The log is not affected.</p>
        <p class="notice-actions">
          <a class="button primary" href={hrefOf(views[0].name)} onClick={retry}>
            Show Explore
          </a>
        </p>
      </Notice>
    </div>
  );
}

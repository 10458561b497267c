import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { Notice } from '../shared/states.tsx';
import { hrefOf, place } from './place.ts';
import { views } from './views.ts';

/** Renders a view. If that throws, shows an error message instead, until the view or its parameters change. */
export function ViewBoundary({ children }: { readonly children: ComponentChildren }) {
  // An error that is caught here must still appear in the console.
  const [error, retry] = useErrorBoundary((caught: unknown) => reportError(caught)) as [unknown, () => void];
  useEffect(() => retry, [place.value]);
  if (error === undefined) return <>{children}</>;
  return (
    <div role="alert">
      <Notice icon="alert" title="This page failed">
        <p>This is a bug in the dashboard. The log is not affected.</p>
        <p class="notice-actions">
          <a class="button primary" href={hrefOf(views[0].name)} onClick={retry}>
            Show Explore
          </a>
        </p>
      </Notice>
    </div>
  );
}

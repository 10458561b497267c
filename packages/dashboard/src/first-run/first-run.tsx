import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';
import { project } from '../api/project.ts';
import { service, serviceUrl } from '../api/service.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { describeFailure } from '../shared/failure.ts';
import { Icon } from '../shared/icon.tsx';
import { snippetsFor } from './snippets.ts';
import './first-run.css';

/** Shows how to send the first activity, and calls `onArrival` once one is stored. */
export function FirstRun({ onArrival }: { readonly onArrival: () => void }) {
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const controller = new AbortController();
    waitForFirst(controller.signal).then(onArrival, (reason: unknown) => {
      if (!controller.signal.aborted) setError(reason);
    });
    return () => controller.abort();
  }, []);
  return (
    <div class="first-run">
      <div class="first-run-card">
        <span class="first-run-mark" aria-hidden="true">
          <Icon name="inbox" />
        </span>
        <h1>Send the first activity</h1>
        <p>
          The log at <code>{serviceUrl}</code> is empty. Send an activity to it: this page shows the activity
          as soon as it is stored.
        </p>
        <Snippets />
        <p class="first-run-waiting" role="status">
          {error === undefined ? (
            <>
              <span class="pulse" aria-hidden="true" />
              Waiting for the first activity …
            </>
          ) : (
            <>
              {describeFailure(error).title}.
              <button type="button" class="button" onClick={onArrival}>
                Try again
              </button>
            </>
          )}
        </p>
        {apiKey.value !== undefined && (
          <p class="hint">
            The code contains the key of this page. To send activities, the key needs the scope{' '}
            <code>write</code>.
          </p>
        )}
      </div>
    </div>
  );
}

/** Resolves once the feed has an activity. The client retries during an outage. */
async function waitForFirst(signal: AbortSignal): Promise<void> {
  for await (const { activities } of service.feed({ limit: 1, signal })) if (activities.length > 0) return;
}

const hiddenKey = '•'.repeat(8);

/** Tabs with example programs. The arrow keys move between the tabs, as the tabs pattern of WAI-ARIA requires. */
function Snippets() {
  const [index, setIndex] = useState(0);
  const [isKeyShown, setKeyShown] = useState(false);
  const key = apiKey.value;
  const snippetsWith = (shownKey: string | undefined) =>
    snippetsFor({ url: serviceUrl, key: shownKey, project: project.value });
  // The key is hidden until somebody asks for it, because others may see the screen or a screenshot.
  const snippets = snippetsWith(key === undefined || isKeyShown ? key : hiddenKey);
  const tabs = useRef<HTMLDivElement>(null);
  const shown = snippets[index] ?? snippets[0];
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (index + step + snippets.length) % snippets.length;
    setIndex(next);
    tabs.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <div class="snippets">
      <div class="snippet-tabs">
        <div role="tablist" aria-label="Ways to send" ref={tabs} onKeyDown={move}>
          {snippets.map(({ name }, at) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`snippet-tab-${at}`}
              aria-selected={at === index}
              aria-controls="snippet"
              tabIndex={at === index ? 0 : -1}
              onClick={() => setIndex(at)}
            >
              {name}
            </button>
          ))}
        </div>
        <div class="snippet-actions">
          {key !== undefined && (
            <button
              type="button"
              class="button"
              aria-pressed={isKeyShown}
              onClick={() => setKeyShown(!isKeyShown)}
            >
              {isKeyShown ? 'Hide key' : 'Show key'}
            </button>
          )}
          <CopyButton
            label={key === undefined ? 'Copy' : 'Copy with key'}
            text={() => snippetsWith(key)[index]?.code ?? ''}
          />
        </div>
      </div>
      <pre id="snippet" role="tabpanel" aria-labelledby={`snippet-tab-${index}`} tabIndex={0}>
        {shown?.code}
      </pre>
    </div>
  );
}

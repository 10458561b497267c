import { useEffect, useState } from 'preact/hooks';
import { apiKey, keyRequest } from '../api/key.ts';
import { project } from '../api/project.ts';
import { Icon } from '../shared/icon.tsx';
import { useShortcuts } from '../shared/shortcuts.ts';
import { HelpDialog } from './help-dialog.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { hrefOf, place } from './place.ts';
import { theme, toggleTheme } from './theme.ts';
import { ViewBoundary } from './view-boundary.tsx';
import { views } from './views.ts';

/** The frame of the page: the navigation, the current view, and the dialogs. */
export function Shell() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts({ '?': () => setHelpOpen(true) });
  const view = views.find(({ name }) => name === place.value.view) ?? views[0];
  useEffect(() => {
    document.title = `${view.title} · User-activity log`;
  }, [view]);
  const isDark = theme() === 'dark';
  return (
    <>
      <a class="skip-link" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <header class="top-bar">
        <a class="brand" href={hrefOf(views[0].name)} aria-label="User-activity log">
          <span class="brand-mark" aria-hidden="true">
            <Icon name="activity" />
          </span>
          <span class="brand-name">User-activity log</span>
        </a>
        <nav aria-label="Views">
          {views.map(({ name, title, icon }) => (
            <a key={name} href={hrefOf(name)} aria-current={name === view.name ? 'page' : undefined}>
              <Icon name={icon} />
              <span>{title}</span>
            </a>
          ))}
        </nav>
        <div class="top-bar-end">
          <a class="text-link" href="docs">
            API
          </a>
          {project.value !== undefined && (
            <button
              type="button"
              class="project-button"
              aria-label={`Project ${project.value}`}
              onClick={openAccess}
            >
              <bdi>{project.value}</bdi>
            </button>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label={apiKey.value === undefined ? 'Enter an API key' : 'Change the API key'}
            onClick={openAccess}
          >
            <Icon name="key" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Keyboard shortcuts"
            onClick={() => setHelpOpen(true)}
          >
            <Icon name="help" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={isDark ? 'Light theme' : 'Dark theme'}
            onClick={toggleTheme}
          >
            <Icon name={isDark ? 'sun' : 'moon'} />
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <ViewBoundary key={`${project.value ?? ''}/${view.name}`}>
          <view.Component />
        </ViewBoundary>
      </main>
      <KeyDialog />
      {isHelpOpen && <HelpDialog onClose={() => setHelpOpen(false)} />}
    </>
  );
}

/** Opens the dialog for the key and the project. */
function openAccess(): void {
  keyRequest.value = { reason: 'chosen', detail: '' };
}

/** Moves the focus to the content. The link must not do it by itself: its fragment would replace that of the current view. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

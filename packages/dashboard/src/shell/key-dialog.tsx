import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { apiKey, keyRequest, setApiKey } from '../api/key.ts';
import { project } from '../api/project.ts';
import { Modal } from './modal.tsx';
import { goToProject } from './place.ts';

const titles = {
  missing: 'This server asks for a key',
  refused: 'Use another key',
  chosen: 'Key and project',
} as const;

/** Asks for an API key while the service refuses requests for theirs. Also lets people with several projects choose one. */
export function KeyDialog() {
  const request = keyRequest.value;
  if (request === undefined) return null;
  const { reason, detail } = request;
  const close = (): void => {
    keyRequest.value = undefined;
  };
  return (
    <Modal title={titles[reason]} onClose={close}>
      <KeyForm action={reason === 'chosen' ? 'Use these' : 'Use this key'}>
        {detail !== '' && (
          <p class={reason === 'refused' ? 'fault' : ''} dir="auto">
            {detail}
          </p>
        )}
      </KeyForm>
    </Modal>
  );
}

interface KeyFormProps {
  /** What the button says. */
  readonly action: string;
  readonly children: ComponentChildren;
}

function KeyForm({ action, children }: KeyFormProps) {
  const [text, setText] = useState('');
  const [name, setName] = useState(project.value ?? '');
  const [fault, setFault] = useState('');
  const hasKey = apiKey.value !== undefined;
  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      const next = projectIn(name);
      // An empty field leaves the key as it is.
      setApiKey(text.trim() === '' ? apiKey.value : text.trim());
      goToProject(next);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form onSubmit={submit}>
      {children}
      <label class="field">
        API key
        <input
          type="password"
          // Password managers offer to keep what is entered, unless it is for one use.
          autocomplete="one-time-code"
          autofocus
          spellcheck={false}
          value={text}
          placeholder={hasKey ? 'unchanged' : ''}
          aria-describedby="key-hint"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <p class="hint" id="key-hint">
        Reading needs the scope <code>read</code>. The key stays in this tab, and ends with it.
      </p>
      <label class="field">
        Project
        <input
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={name}
          placeholder={hasKey ? 'that of the key' : 'default'}
          aria-describedby="project-hint"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <p class="hint" id="project-hint">
        Only for a key of all projects, and for a service without keys.
      </p>
      {fault !== '' && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <p class="modal-actions">
        {hasKey && (
          <button type="button" class="button" onClick={() => setApiKey(undefined)}>
            Forget the key
          </button>
        )}
        <button type="submit" class="button primary">
          {action}
        </button>
      </p>
    </form>
  );
}

/** Returns the name of a project. Throws TypeError if no project can have it. */
function projectIn(text: string): string | undefined {
  const name = text.trim();
  if (name === '') return undefined;
  if (!/^[a-z0-9_][a-z0-9-]{0,63}$/.test(name))
    throw new TypeError('The name of a project has only a-z, 0-9 and hyphens.');
  return name;
}

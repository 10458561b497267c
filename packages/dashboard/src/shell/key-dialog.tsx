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

/** Asks for an API key when the service refuses a request without a valid one. People can also open it to change the key or the project. */
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
  /** The text of the submit button. */
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
      const next = parseProjectName(name);
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
          // With this value, password managers do not offer to save the key.
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
        Reading needs the scope <code>read</code>. The key is forgotten when this tab is closed.
      </p>
      <label class="field">
        Project
        <input
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={name}
          placeholder={hasKey ? 'the project of the key' : 'default'}
          aria-describedby="project-hint"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <p class="hint" id="project-hint">
        Needed only for a key of all projects, or for a service without keys.
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

/** Trims the name of a project and validates it. Returns undefined if it is empty. Throws TypeError if it is not a valid name. */
function parseProjectName(text: string): string | undefined {
  const name = text.trim();
  if (name === '') return undefined;
  if (!/^[a-z0-9_][a-z0-9-]{0,63}$/.test(name))
    throw new TypeError('The name of a project can have only a-z, 0-9 and hyphens.');
  return name;
}

import { useState } from 'preact/hooks';
import { apiKey, keyRequest, setApiKey } from '../api/key.ts';
import { Modal } from './modal.tsx';

/** Asks for an API key while the service refuses requests for theirs. */
export function KeyDialog() {
  const request = keyRequest.value;
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  if (request === undefined) return null;
  const close = (): void => {
    keyRequest.value = undefined;
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      setApiKey(text.trim() === '' ? undefined : text.trim());
      setText('');
      setFault('');
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  const isRefused = request.reason === 'refused';
  return (
    <Modal title={isRefused ? 'Use another key' : 'This server asks for a key'} onClose={close}>
      <form onSubmit={submit}>
        <p class={isRefused ? 'fault' : ''} dir="auto">
          {request.detail}
        </p>
        <label class="field">
          API key
          <input
            type="password"
            autocomplete="off"
            autofocus
            spellcheck={false}
            value={text}
            aria-describedby="key-hint"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        {fault !== '' && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <p class="hint" id="key-hint">
          Reading needs the scope <code>read</code>. The key stays in this tab, and ends with it.
        </p>
        <p class="modal-actions">
          {apiKey.value !== undefined && (
            <button type="button" class="button" onClick={() => setApiKey(undefined)}>
              Forget the key
            </button>
          )}
          <button type="submit" class="button primary">
            Use this key
          </button>
        </p>
      </form>
    </Modal>
  );
}

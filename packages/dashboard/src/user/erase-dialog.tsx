import { useState } from 'preact/hooks';
import { service } from '../api/service.ts';
import { describeFailure } from '../shared/failure.ts';
import { formatCount } from '../shared/time-format.ts';
import { useResource } from '../shared/use-resource.ts';
import { Value } from '../shared/value.tsx';
import { Modal } from '../shell/modal.tsx';

interface EraseDialogProps {
  readonly userId: string;
  readonly onClose: () => void;
  /** Called with the id of the erasure. */
  readonly onStarted: (erasure: string) => void;
}

/** Asks for a confirmation before a user is erased: the person must type the user's id, because an erasure cannot be undone. */
export function EraseDialog({ userId, onClose, onStarted }: EraseDialogProps) {
  const [typed, setTyped] = useState('');
  const [isSending, setSending] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const count = useResource((signal) => service.count({ userId }, { signal }), [userId]);
  // The keyboard may encode a character in another Unicode form than the id does.
  const isConfirmed = typed.trim().normalize() === userId.normalize();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!isConfirmed || isSending) return;
    setSending(true);
    setFault(undefined);
    try {
      // This has no signal to cancel it: once the request is sent, the erasure may happen, and the person must see the outcome.
      onStarted((await service.eraseUser(userId)).id);
    } catch (error) {
      setFault(error);
      setSending(false);
    }
  };
  return (
    <Modal title="Erase this user" onClose={onClose} isBusy={isSending}>
      <form onSubmit={(event) => void submit(event)}>
        <p>
          This removes {count.value === undefined ? 'all' : `the ${formatCount(count.value)}`} activities of{' '}
          <bdi class="erase-name">
            <Value text={userId} />
          </bdi>{' '}
          and their dead letters, for good. Activities that are logged later are kept.
        </p>
        <label class="field">
          Type the id of the user to confirm
          <input
            dir="auto"
            autocomplete="off"
            autocapitalize="off"
            autofocus
            spellcheck={false}
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        {fault !== undefined && (
          <p class="fault" role="alert" dir="auto">
            {faultText(fault)}
          </p>
        )}
        <p class="modal-actions">
          <button type="button" class="button" disabled={isSending} onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button danger primary" disabled={!isConfirmed || isSending}>
            {isSending ? 'Sending …' : 'Erase for good'}
          </button>
        </p>
      </form>
    </Modal>
  );
}

function faultText(error: unknown): string {
  const { kind, title, detail } = describeFailure(error);
  if (kind === 'scope') return `This key is not allowed to erase: it needs the scope "erase". ${detail}`;
  if (kind === 'unreachable')
    return `${title}. It may have received the request. You can safely send it again.`;
  return `${title}. ${detail}`;
}

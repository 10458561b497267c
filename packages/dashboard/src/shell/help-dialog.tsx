import { hasCharacterKeys, setCharacterKeys } from '../shared/shortcuts.ts';
import { Modal } from './modal.tsx';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'Filter by user'],
  [['t'], 'Filter by type'],
  [['j', '↓'], 'Next activity'],
  [['k', '↑'], 'Previous activity'],
  [['Enter'], 'Open the activity'],
  [['Esc'], 'Close the details or the dialog'],
  [['r'], 'Reload'],
  [['p'], 'Live: pause or resume'],
  [['?'], 'Show this help'],
];

/** Lists the keyboard shortcuts, and lets people switch off those of a single character, which are easy to press by accident. */
export const HelpDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Modal title="Keyboard shortcuts" onClose={onClose}>
    <dl class="keys">
      {keys.map(([names, does]) => (
        <div key={does}>
          <dt>
            {names.map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
    <label class="keys-switch">
      <input
        type="checkbox"
        checked={hasCharacterKeys.value}
        onChange={({ currentTarget }) => setCharacterKeys(currentTarget.checked)}
      />
      Use single-character shortcuts
    </label>
  </Modal>
);

import { hasCharacterKeys, setCharacterKeys } from '../shared/shortcuts.ts';
import { Modal } from './modal.tsx';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'Filter by user'],
  [['t'], 'Filter by type'],
  [['j', '↓'], 'Next activity'],
  [['k', '↑'], 'Previous activity'],
  [['Enter'], 'Open the activity'],
  [['Esc'], 'Close what is open'],
  [['r'], 'Load again'],
  [['p'], 'Live: pause, or go on'],
  [['?'], 'Show this help'],
];

/** Lists the keys that do something, and switches off those that somebody may hit by accident. */
export const HelpDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Modal title="Keyboard" onClose={onClose}>
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
      Use the keys of one character
    </label>
  </Modal>
);

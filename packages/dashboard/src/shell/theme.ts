import { effect, signal } from '@preact/signals';
import { storedText, storeText } from '../shared/storage.ts';

const storageName = 'user-activity.theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

type Choice = 'light' | 'dark';

const systemTheme = signal<Choice>(prefersDark.matches ? 'dark' : 'light');
const chosen = signal<Choice | undefined>(stored());

prefersDark.addEventListener('change', ({ matches }) => {
  systemTheme.value = matches ? 'dark' : 'light';
});

/** Returns the current theme. A component that calls it renders again when the theme changes. */
export const theme = (): Choice => chosen.value ?? systemTheme.value;

/** Switches to the other theme. The browser remembers it, unless it is the theme of the system: then the page follows the system again. */
export function toggleTheme(): void {
  const next = theme() === 'dark' ? 'light' : 'dark';
  chosen.value = next === systemTheme.value ? undefined : next;
  storeText(storageName, chosen.value);
}

effect(() => {
  document.documentElement.dataset['theme'] = theme();
});

function stored(): Choice | undefined {
  const text = storedText(storageName);
  return text === 'light' || text === 'dark' ? text : undefined;
}

import { signal } from '@preact/signals';

/**
 * The project whose activities the page shows. Undefined: the project of the key, or `default` if there is no key. The URL contains
 * the project, and `shell/place.ts` sets this signal from the URL.
 */
export const project = signal<string | undefined>();

import { signal } from '@preact/signals';

/**
 * The project whose activities the page shows. Undefined: the project of the key, or `default` if there is no key. The URL contains it:
 * `shell/place.ts` sets it from there.
 */
export const project = signal<string | undefined>();

import { signal } from '@preact/signals';

/** The project whose activities the page shows. Undefined: the one that the key says, or `default`. It is in the URL: `shell/place.ts` sets it. */
export const project = signal<string | undefined>();

/** The icons as SVG paths, on a grid of 16 by 16. */
const paths = {
  activity: 'M1.5 8h3l2-5 3 10 2-5h3',
  alert: 'M8 5v4M8 11.5v.01M8 1.8 15 14H1Z',
  back: 'M10 3 5 8l5 5',
  check: 'm3 8.5 3.2 3.2L13 5',
  chevron: 'm4 6 4 4 4-4',
  clock: 'M8 4.5V8l2.5 1.5M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z',
  close: 'm4 4 8 8M12 4l-8 8',
  cloud: 'M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.7 1 2.5 2.5 0 0 1-.4 5Z',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8Z',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  filter: 'M2 3.5h12M4.5 8h7M6.5 12.5h3',
  help: 'M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1V9.5M8 11.8v.01M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z',
  inbox: 'M2 9.5h3.500l1 2h3l1-2H14M2 9.5 4 3h8l2 6.500V13H2Z',
  key: 'M7.9 10.8a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0ZM7.1 8.9l6.4-6.4M10.4 5.6l2.1 2.1',
  moon: 'M13.5 9.5a5.8 5.8 0 0 1-7-7 5.8 5.8 0 1 0 7 7Z',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 3v10l8-5Z',
  plus: 'M8 3.500v9M3.5 8h9',
  refresh: 'M13.5 8A5.5 5.5 0 1 1 11.8 4M13.5 1.500v3h-3',
  search: 'm10.5 10.5 3.5 3.500M11.8 6.800a5 5 0 1 1-10 0 5 5 0 0 1 10 0Z',
  sun: 'M8 1v1.500M8 13.5V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
  pulse: 'M8 13.5S2 10 2 6a3 3 0 0 1 6-1 3 3 0 0 1 6 1c0 4-6 7.5-6 7.5Z',
  up: 'M8 13V3M3.5 7.5 8 3l4.500 4.500',
  user: 'M10.8 5a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0ZM2.5 14c.5-3 2.5-4.5 5.5-4.500s5 1.5 5.5 4.5',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof paths;

/** An icon. It is hidden from screen readers, so the text or label beside it must say the same. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);

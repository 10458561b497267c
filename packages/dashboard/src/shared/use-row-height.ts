import { useMedia } from './use-media.ts';

const narrow = matchMedia('(width <= 720px)');

/** Returns the height of a row of activities in CSS pixels. It must equal the height in the styles. On a narrow page, a row has two lines. */
export function useRowHeight(): { readonly isNarrow: boolean; readonly rowHeight: number } {
  const isNarrow = useMedia(narrow);
  return { isNarrow, rowHeight: isNarrow ? 58 : 33 };
}

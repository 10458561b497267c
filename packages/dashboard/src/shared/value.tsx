import { textParts } from './hidden-characters.ts';
import './value.css';

interface ValueProps {
  readonly text: string;
  /** Whether the text may have tabs and breaks of lines. */
  readonly hasLines?: boolean;
}

/**
 * A text that somebody sent. Characters that cannot be seen are shown by their names, so that no value looks like another one: U+202E turns
 * the rest of a text around, and U+200B is nothing at all.
 */
export const Value = ({ text, hasLines = false }: ValueProps) => (
  <>
    {textParts(text, hasLines).map((part, index) =>
      part.isHidden ? (
        // An element of its own, so that the name has no part in the direction of the text.
        <bdi key={index} class="hidden-character">
          {part.text}
        </bdi>
      ) : (
        part.text
      ),
    )}
  </>
);

import { textParts } from './hidden-characters.ts';
import './value.css';

interface ValueProps {
  readonly text: string;
  /** Whether tabs and line breaks are shown as they are, and not by their names. Default: false. */
  readonly isMultiline?: boolean;
}

/**
 * Shows a text that somebody sent. Invisible characters are replaced by their names, so that a value cannot look like another one: U+202E
 * reverses the text after it, and U+200B has no width.
 */
export const Value = ({ text, isMultiline = false }: ValueProps) => (
  <>
    {textParts(text, isMultiline).map((part, index) =>
      part.isHidden ? (
        // In an element of its own, the name does not affect the direction of the text around it.
        <bdi key={index} class="hidden-character">
          {part.text}
        </bdi>
      ) : (
        part.text
      ),
    )}
  </>
);

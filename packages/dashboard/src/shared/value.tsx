import { textParts } from './hidden-characters.ts';
import './value.css';

interface ValueProps {
  readonly text: string;
  /** Whether tabs and line breaks are shown as they are, and not by their names. Default: false. */
  readonly isMultiline?: boolean;
}

/**
 * Shows a text that somebody sent. Replaces invisible characters by their names, because they could make two different values look the
 * same. For example, U+200B has no width, and U+202E reverses the text after it.
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

/** Writes the result of a command, and notes about the result. */
export interface Output {
  /** For programs and people. */
  result(text: string): void;
  /** For people. A note is a line. */
  note(text: string): void;
}

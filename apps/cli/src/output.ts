/** Writes the result of a command, and notes about the result. */
export interface Output {
  /** For programs and people. */
  result(text: string): void;
  /** Writes a part of a long result. Resolves once there is room for the next one. */
  stream(text: string): Promise<void>;
  /** For people. A note is a line. */
  note(text: string): void;
}

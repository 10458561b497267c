/** Writes the result of a command, and notes about the result. */
export interface Output {
  /** Writes a result, for programs and people. */
  result(text: string): void;
  /** Writes a part of a long result. Resolves once there is room for the next part. */
  stream(text: string): Promise<void>;
  /** Writes a message for people, as a line of its own. */
  note(text: string): void;
}

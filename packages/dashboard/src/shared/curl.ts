/** Quotes a text for a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

interface CurlOptions {
  readonly hasKey: boolean;
  readonly project: string | undefined;
  /** The file for the answer. The command then fails if the service refuses, and leaves no file with the refusal. Default: the terminal. */
  readonly file?: string;
}

/**
 * Returns a curl command. If the page has a key, the command reads it from a variable of the shell: commands are pasted into chats and
 * tickets, where a key must not be.
 */
export function curlCommand(url: string, { hasKey, project, file }: CurlOptions): string {
  const key = hasKey ? ` -H "Authorization: Bearer $USER_ACTIVITY_KEY"` : '';
  const header = project === undefined ? '' : ` -H ${shellQuoted(`X-Project: ${project}`)}`;
  const output = file === undefined ? '' : ` --fail -o ${shellQuoted(file)}`;
  return `curl -sS${output}${key}${header} ${shellQuoted(url)}`;
}

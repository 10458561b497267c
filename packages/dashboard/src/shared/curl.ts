/** Quotes a text for a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Returns a curl command. If the page has a key, the command reads it from a variable of the shell: commands are pasted into chats and
 * tickets, where a key must not be.
 */
export function curlCommand(
  url: string,
  { hasKey, project }: { readonly hasKey: boolean; readonly project: string | undefined },
): string {
  const key = hasKey ? ` -H "Authorization: Bearer $USER_ACTIVITY_KEY"` : '';
  const header = project === undefined ? '' : ` -H ${shellQuoted(`X-Project: ${project}`)}`;
  return `curl -sS${key}${header} ${shellQuoted(url)}`;
}

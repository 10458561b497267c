/** Returns the text as one quoted word of a POSIX shell. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

interface CurlOptions {
  readonly hasKey: boolean;
  readonly project: string | undefined;
  /**
   * The file to which curl writes the answer. With a file, if the service refuses the request, the command fails and does not write the
   * file. Default: curl prints the answer.
   */
  readonly file?: string;
}

/**
 * Returns a curl command that gets the URL. With `hasKey`, the command reads the key from the shell variable `USER_ACTIVITY_KEY`: people
 * paste commands into chats and tickets, which must not contain a key.
 */
export function curlCommand(url: string, { hasKey, project, file }: CurlOptions): string {
  const key = hasKey ? ` -H "Authorization: Bearer $USER_ACTIVITY_KEY"` : '';
  const header = project === undefined ? '' : ` -H ${quoteForShell(`X-Project: ${project}`)}`;
  const output = file === undefined ? '' : ` --fail -o ${quoteForShell(file)}`;
  return `curl -sS${output}${key}${header} ${quoteForShell(url)}`;
}

/** The source of a regular expression that matches a token (RFC 9110, section 5.6.2). */
export const tokenPattern = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

/** The source of a regular expression that matches a quoted string (RFC 9110, section 5.6.4). */
export const quotedStringPattern = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`;

/** Removes the quotes and escapes of a quoted string. */
export const unquote = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');

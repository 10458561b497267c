/** A token as the source of a regular expression (RFC 9110, section 5.6.2). */
export const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

/** A quoted string as the source of a regular expression (RFC 9110, section 5.6.4). */
export const quotedString = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`;

/** Removes the quotes and escapes of a quoted string. */
export const unquote = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');

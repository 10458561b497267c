import { isIP } from 'node:net';
import { FormatRegistry } from '@sinclair/typebox';

/** The format of a comma-separated list of IP addresses and networks (RFC 4632), such as `10.0.0.0/8`. The list may be empty. */
export const networksFormat = 'ip-networks';

FormatRegistry.Set(
  networksFormat,
  (text) => text === '' || text.split(',').every((part) => isNetwork(part.trim())),
);

/** Returns whether a text is an IP address without a zone, or a network. Returns false for a network of all addresses (`/0`). */
function isNetwork(text: string): boolean {
  const [, address = '', prefixLength = '1'] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const maxLength = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return Number(prefixLength) >= 1 && Number(prefixLength) <= maxLength;
}

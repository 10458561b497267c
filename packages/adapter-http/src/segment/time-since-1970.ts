import { Timestamp, unlessBroken } from '@user-activity/domain';

/**
 * Parses a decimal number of units since 1970-01-01T00:00:00Z. It may have an exponent. The magnitude decides the unit: seconds below 10¹¹,
 * milliseconds below 10¹⁵, microseconds with 16 digits, nanoseconds with 19. The form of .NET, `/Date(1795513076000)/`, is in
 * milliseconds. Digits beyond the millisecond are cut off. Returns undefined for other texts.
 */
export function timeSince1970(text: string): Timestamp | undefined {
  const netMillis = netDate.exec(text)?.groups?.['millis'];
  if (netMillis !== undefined) return timeOf(Number(netMillis));
  const { sign = '', whole = '', fraction = '', exponent = '0' } = number.exec(text)?.groups ?? {};
  if (whole === '') return undefined;
  const millis = millisOf(`${whole}${fraction}`, whole.length + Number(exponent));
  return millis === undefined ? undefined : timeOf(sign === '' ? millis : -millis);
}

// The number is in UTC, and the offset does not change it.
const netDate = /^\/date\((?<millis>-?\d{1,15})(?:[+-]\d{4})?\)\/$/i;
const number = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[+-]?\d{1,2}))?$/i;

/** Returns how many places the decimal point moves to give milliseconds, by the count of digits before the point. */
const shiftOf = (digits: number): number | undefined => {
  if (digits <= 11) return 3;
  if (digits <= 15) return 0;
  if (digits === 16) return -3;
  return digits === 19 ? -6 : undefined;
};

/** Returns the milliseconds of a number with its decimal point after `point` digits. Works on text, so that nothing is rounded. */
function millisOf(digits: string, point: number): number | undefined {
  const zeros = leadingZeros.exec(digits)?.[0].length ?? 0;
  const size = point - zeros;
  const shift = zeros === digits.length ? 0 : shiftOf(size);
  if (shift === undefined) return undefined;
  return Number(digits.slice(zeros, Math.max(zeros, point + shift)).padEnd(Math.max(0, size + shift), '0'));
}

const leadingZeros = /^0*/;

const timeOf = (millis: number): Timestamp | undefined => unlessBroken(() => Timestamp.fromMillis(millis));

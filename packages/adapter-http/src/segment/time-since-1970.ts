import { Timestamp, unlessBroken } from '@user-activity/domain';

/**
 * Parses a number of seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00:00Z. It is decimal, and may have an
 * exponent. Its size decides the unit: seconds below 10¹¹, milliseconds below 10¹⁵, microseconds with 16 digits, nanoseconds with 19. The
 * form of .NET, `/Date(1795513076000)/`, is in milliseconds. Digits beyond the millisecond are cut off. Returns undefined for other texts.
 */
export function parseTimeSince1970(text: string): Timestamp | undefined {
  const netMillis = netDate.exec(text)?.groups?.['millis'];
  if (netMillis !== undefined) return timeOf(Number(netMillis));
  const { sign = '', whole = '', fraction = '', exponent = '0' } = decimalNumber.exec(text)?.groups ?? {};
  if (whole === '') return undefined;
  const millis = millisOf(`${whole}${fraction}`, whole.length + Number(exponent));
  return millis === undefined ? undefined : timeOf(sign === '' ? millis : -millis);
}

// The offset at the end has no effect, because the number always counts from 1970 in UTC.
const netDate = /^\/date\((?<millis>-?\d{1,15})(?:[+-]\d{4})?\)\/$/i;
const decimalNumber = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[+-]?\d{1,2}))?$/i;

/** Returns by how many places to move the decimal point to get milliseconds. `digits` is the number of digits before the point. */
const shiftOf = (digits: number): number | undefined => {
  if (digits <= 11) return 3;
  if (digits <= 15) return 0;
  if (digits === 16) return -3;
  return digits === 19 ? -6 : undefined;
};

/**
 * Returns the milliseconds that a number means. Its decimal point is after `point` of the `digits`. Works on text, so that nothing is
 * rounded.
 */
function millisOf(digits: string, point: number): number | undefined {
  const zeroCount = leadingZeros.exec(digits)?.[0].length ?? 0;
  const integerDigits = point - zeroCount;
  const shift = zeroCount === digits.length ? 0 : shiftOf(integerDigits);
  if (shift === undefined) return undefined;
  const millis = digits.slice(zeroCount, Math.max(zeroCount, point + shift));
  return Number(millis.padEnd(Math.max(0, integerDigits + shift), '0'));
}

const leadingZeros = /^0*/;

const timeOf = (millis: number): Timestamp | undefined => unlessBroken(() => Timestamp.fromMillis(millis));

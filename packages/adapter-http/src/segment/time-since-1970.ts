import { Timestamp, unlessBroken } from '@user-activity/domain';

/**
 * Parses a decimal number since 1970-01-01T00:00:00Z, optionally with an exponent. Returns undefined for anything else. The magnitude
 * decides the unit: seconds below 10¹¹, milliseconds below 10¹⁵, microseconds with 16 digits, nanoseconds with 19. The form of .NET,
 * `/Date(1795513076000)/`, is in milliseconds. Digits beyond the millisecond are cut off.
 */
export function timeSince1970(text: string): Timestamp | undefined {
  const ofNet = netDate.exec(text)?.groups?.['millis'];
  if (ofNet !== undefined) return momentOf(Number(ofNet));
  const { sign = '', whole = '', fraction = '', exponent = '0' } = number.exec(text)?.groups ?? {};
  if (whole === '') return undefined;
  const millis = millisOf(`${whole}${fraction}`, whole.length + Number(exponent));
  return millis === undefined ? undefined : momentOf(sign === '' ? millis : -millis);
}

// The number is in UTC. The offset only shows the zone of the sender.
const netDate = /^\/date\((?<millis>-?\d{1,15})(?:[+-]\d{4})?\)\/$/i;
const number = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[+-]?\d{1,2}))?$/i;

/** The power of ten from the unit of the number to milliseconds, by the count of digits before the point. */
const places = (digits: number): number | undefined => {
  if (digits <= 11) return 3;
  if (digits <= 15) return 0;
  if (digits === 16) return -3;
  return digits === 19 ? -6 : undefined;
};

/** The milliseconds of a number with its decimal point behind `point` digits. Works on digits, so that nothing is rounded. */
function millisOf(digits: string, point: number): number | undefined {
  const zeros = leadingZeros.exec(digits)?.[0].length ?? 0;
  const size = point - zeros;
  const shift = zeros === digits.length ? 0 : places(size);
  if (shift === undefined) return undefined;
  return Number(digits.slice(zeros, Math.max(zeros, point + shift)).padEnd(Math.max(0, size + shift), '0'));
}

const leadingZeros = /^0*/;

const momentOf = (millis: number): Timestamp | undefined => unlessBroken(() => Timestamp.fromMillis(millis));

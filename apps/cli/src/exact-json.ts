import {
  isDomainError,
  parseExactJson,
  parseLosslessJson,
  UnfitNumber,
  unfitNumber,
} from '@user-activity/domain';

/** The value of a JSON text, or the reason why it can't be read without a loss. */
export type ExactJson =
  | { readonly value: unknown; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: string };

/** Parses JSON. Returns a fault if parsing would change a number or drop a repeated key. */
export function readExactJson(text: string): ExactJson {
  const value = parseLosslessJson(text);
  if (value !== undefined) return { value };
  try {
    const exact = parseExactJson(text);
    return hasUnfitNumber(exact) ? { fault: `a number ${unfitNumber}` } : { value: exact };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: 'it is not JSON' };
    if (!isDomainError(error)) throw error;
    return { fault: error.violations.map(({ path, message }) => `${path} ${message}`).join('; ') };
  }
}

function hasUnfitNumber(value: unknown): boolean {
  if (value instanceof UnfitNumber) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnfitNumber);
}

/** Returns whether a value is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

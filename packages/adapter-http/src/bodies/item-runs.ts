import { closeBracket, openBracket } from './json-bytes.ts';
import { ElementScanner } from './json-elements.ts';

/** Consecutive items of a JSON array. */
export interface ItemRun {
  /** The JSON texts of the items, with the commas between them. */
  readonly json: Buffer;
  readonly itemCount: number;
  /** An estimate of the memory that the parsed items take, in bytes. */
  readonly valueBytes: number;
}

/**
 * Yields the items of a JSON array in runs, without checking the items. A run has at most `maxBytes` bytes, unless it is a single longer
 * item. Throws RuleBroken after the last run if the brackets or commas around the items are wrong.
 */
export function* itemRunsIn(json: Buffer, maxBytes: number): Generator<ItemRun> {
  const scanner = ElementScanner.inside(json, openBracket, closeBracket);
  let [start, end, itemCount, valueBytes] = [0, 0, 0, 0];
  while (scanner.next()) {
    if (itemCount > 0 && scanner.end - start > maxBytes) {
      yield { json: json.subarray(start, end), itemCount, valueBytes };
      itemCount = 0;
    }
    if (itemCount === 0) [start, valueBytes] = [scanner.start, 0];
    end = scanner.end;
    itemCount += 1;
    valueBytes += scanner.valueBytes;
  }
  if (itemCount > 0) yield { json: json.subarray(start, end), itemCount, valueBytes };
  scanner.assertClosed(closeBracket);
}

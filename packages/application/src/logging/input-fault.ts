/**
 * Thrown by a source of drafts. The use case that reads them passes the error on, and logs nothing of the input.
 *  - `INPUT_UNREADABLE`  the input ended too early, or is not in the encoding that it declares;
 *  - `INPUT_TOO_LARGE`   the input has more bytes or items than the limit.
 */
export class InputFault extends Error {
  override readonly name = 'InputFault';
  readonly code: 'INPUT_UNREADABLE' | 'INPUT_TOO_LARGE';

  constructor(code: InputFault['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

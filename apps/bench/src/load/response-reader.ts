const endOfHead = Buffer.from('\r\n\r\n');

/** Reads HTTP/1.1 responses with a Content-Length from the bytes of a connection, one at a time. */
export class ResponseReader {
  #head: Buffer | undefined;
  #status = 0;
  #missingBytes = 0;

  /** Takes bytes. Returns the status once the response is complete, else undefined. Throws if it cannot be measured. */
  read(bytes: Buffer): number | undefined {
    if (this.#missingBytes > 0) return this.#readBody(bytes.length);
    const received = this.#head === undefined ? bytes : Buffer.concat([this.#head, bytes]);
    const end = received.indexOf(endOfHead);
    if (end === -1) {
      this.#head = received;
      return undefined;
    }
    this.#head = undefined;
    const head = received.toString('latin1', 0, end);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (!head.startsWith('HTTP/1.1 ') || length === undefined)
      throw new Error(`A response without a Content-Length cannot be measured: ${head}`);
    this.#status = Number(head.slice(9, 12));
    this.#missingBytes = Number(length);
    return this.#readBody(received.length - end - endOfHead.length);
  }

  #readBody(count: number): number | undefined {
    this.#missingBytes -= count;
    if (this.#missingBytes < 0) throw new Error('The response is longer than its Content-Length.');
    return this.#missingBytes === 0 ? this.#status : undefined;
  }
}

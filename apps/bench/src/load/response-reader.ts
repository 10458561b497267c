const endOfHead = Buffer.from('\r\n\r\n');

/** Parses the bytes of a connection as HTTP/1.1 responses with a Content-Length, one response at a time. */
export class ResponseReader {
  #head: Buffer | undefined;
  #status = 0;
  #missingBytes = 0;

  /** Reads the next bytes. Returns the status if they complete a response, otherwise undefined. Throws if the Content-Length is missing or exceeded. */
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
      throw new Error(`The response is not HTTP/1.1, or has no Content-Length: ${head}`);
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

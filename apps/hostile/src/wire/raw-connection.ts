import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { HttpResponse } from '../http-response.ts';

const maxReceivedBytes = 64 * 1024;

/** A TCP connection to the service that can send any bytes, and can stop reading. */
export class RawConnection {
  readonly #socket: Socket;
  /** Resolves when the connection is open, or when it could not be opened. */
  readonly opened: Promise<RawConnection>;
  /** Resolves when the service has closed its sending side of the connection. It may still receive. */
  readonly ended: Promise<void>;
  /** Resolves when the connection is closed on both sides. */
  readonly closed: Promise<void>;
  #received = '';

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (chunk: Buffer) => {
      if (this.#received.length < maxReceivedBytes) this.#received += chunk.toString('latin1');
    });
    this.opened = new Promise((resolve) => {
      this.#socket.once('connect', () => resolve(this)).once('close', () => resolve(this));
    });
    this.ended = new Promise((resolve) => {
      this.#socket.once('end', () => resolve()).once('close', () => resolve());
    });
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
    });
  }

  get isClosed(): boolean {
    return this.#socket.closed;
  }

  /** The number of bytes that the kernel has accepted for sending. */
  get sentBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Stops reading, so that the service cannot send more than the buffers of the kernel hold. */
  stopReading(): this {
    this.#socket.pause();
    return this;
  }

  /** Resolves when the kernel has accepted the bytes, or when the connection is closed. */
  async write(bytes: string | Buffer): Promise<void> {
    if (this.isClosed || this.#socket.write(bytes)) return;
    await Promise.race([once(this.#socket, 'drain').catch(() => undefined), this.closed]);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Returns the responses received so far, without their bodies and with all sizes as 0. `request` becomes the `request` of each. */
  responses(request: string): readonly HttpResponse[] {
    return [...this.#received.matchAll(/^HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n/gm)].map(([headerText, status]) => {
      const lines = headerText
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(': '));
      const headers = lines.map(([name = '', value = '']) => [name.toLowerCase(), value] as const);
      return {
        request,
        status: Number(status),
        headers: Object.fromEntries<string>(headers),
        decodedBytes: 0,
        wireBytes: 0,
        responseBytes: 0,
        text: headerText,
      };
    });
  }
}

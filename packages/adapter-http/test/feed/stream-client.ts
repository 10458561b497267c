import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Service } from '../service.ts';

/** A block of a stream, which is an event or a comment. */
export interface Block {
  readonly id?: string;
  readonly data?: string;
  readonly retry?: string;
  readonly comment?: string;
}

/** Starts the server of a service. Returns its URL. */
export const listen = ({ app }: Pick<Service, 'app'>): Promise<string> =>
  app.listen({ host: '127.0.0.1', port: 0 });

/** A client that shows the blocks of a stream as they arrive. Unlike the SDK, it does not reconnect, and can stop reading. */
export class StreamClient {
  readonly #request: ClientRequest;
  readonly response: IncomingMessage;
  /** Resolves when the response has ended or was cut off. */
  readonly ended: Promise<void>;
  #text = '';

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.response = response;
    this.ended = new Promise((resolve) => {
      response.once('close', resolve);
    });
    response.on('error', () => undefined);
  }

  /** Requests a stream, but reads nothing yet. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const request = get(url, { headers, agent: false });
    request.on('error', () => undefined);
    onTestFinished(() => void request.destroy());
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new StreamClient(request, response);
  }

  /** Requests a stream and reads it. */
  static async follow(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
    const client = await StreamClient.connect(url, headers);
    client.read();
    return client;
  }

  read(): void {
    this.response.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
  }

  /** The blocks that have arrived completely. */
  get blocks(): readonly Block[] {
    return this.#text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => block.trim() !== '')
      .map((block) =>
        Object.fromEntries(
          block
            .trim()
            .split('\n')
            .map((line) => line.split(/: (.*)/s))
            .map(([name = '', value = '']) => [name === '' ? 'comment' : name, value]),
        ),
      );
  }

  get events(): readonly Block[] {
    return this.blocks.filter(({ data }) => data !== undefined);
  }

  /** The ids of the activities that have arrived. */
  get activityIds(): readonly string[] {
    return this.events.map(({ data = '' }) => (JSON.parse(data) as { id: string }).id);
  }

  /** The latest position that has arrived. */
  get lastEventId(): string {
    return this.blocks.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  close(): void {
    this.#request.destroy();
  }
}

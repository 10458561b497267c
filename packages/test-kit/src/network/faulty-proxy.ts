import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** A function that ends a fault. */
export type EndFault = () => void;

/** A TCP proxy in front of a server. It can simulate network faults, at most one of each kind at a time. */
export interface FaultyProxy {
  readonly port: number;
  /** Closes all connections and refuses new ones. */
  cut(): EndFault;
  /** Delays each chunk in both directions. */
  slow(ms: number): EndFault;
  /** Drops the answers of the server. When the fault ends, closes the connections that lost bytes: their streams are incomplete. */
  loseAnswers(): EndFault;
  close(): Promise<void>;
}

/** Starts a proxy on a free port, in front of the server on `port`. */
export async function faultyProxy(port: number, host = '127.0.0.1'): Promise<FaultyProxy> {
  const links = new Set<Link>();
  const faults: Faults = { isOpen: true, pauseMs: 0, losesAnswers: false };
  const server = createServer((client) => {
    if (!faults.isOpen) {
      client.destroy();
      return;
    }
    const link = new Link(client, connect(port, host), faults);
    links.add(link);
    link.ended.then(
      () => links.delete(link),
      () => links.delete(link),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endLinks = (matches: (link: Link) => boolean): void => {
    for (const link of links) if (matches(link)) link.end();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      faults.isOpen = false;
      endLinks(() => true);
      return () => {
        faults.isOpen = true;
      };
    },
    slow(ms) {
      faults.pauseMs = ms;
      return () => {
        faults.pauseMs = 0;
      };
    },
    loseAnswers() {
      faults.losesAnswers = true;
      return () => {
        faults.losesAnswers = false;
        endLinks(({ lostBytes }) => lostBytes);
      };
    },
    async close() {
      server.close();
      endLinks(() => true);
      await once(server, 'close');
    },
  };
}

interface Faults {
  isOpen: boolean;
  pauseMs: number;
  losesAnswers: boolean;
}

/** One connection through the proxy. */
class Link {
  readonly ended: Promise<unknown>;
  /** Whether bytes of the server's answers were dropped. */
  lostBytes = false;
  readonly #client: Socket;
  readonly #upstream: Socket;

  constructor(client: Socket, upstream: Socket, faults: Readonly<Faults>) {
    this.#client = client;
    this.#upstream = upstream;
    this.ended = Promise.all([once(client, 'close'), once(upstream, 'close')]);
    for (const [socket, peer] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => peer.destroy());
    }
    client.pipe(makeForwarder(faults)).pipe(upstream);
    const answers = makeForwarder(faults, () => {
      if (faults.losesAnswers) this.lostBytes = true;
      return this.lostBytes;
    });
    upstream.pipe(answers).pipe(client);
  }

  end(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }
}

/** Makes a stream that forwards chunks. It delays chunks while the proxy is slow, and drops a chunk if `isLost` returns true. */
const makeForwarder = (faults: Readonly<Faults>, isLost: () => boolean = () => false): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const pass = (): void => (isLost() ? done() : done(null, chunk));
      if (faults.pauseMs === 0) pass();
      else void delay(faults.pauseMs).then(pass);
    },
  });

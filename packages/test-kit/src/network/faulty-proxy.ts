import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** Ends a fault. */
export type Mend = () => void;

/** A TCP proxy before a server that can fail as a network does. At most one fault of each kind at a time. */
export interface FaultyProxy {
  readonly port: number;
  /** Closes all connections and refuses new ones. */
  cut(): Mend;
  /** Delays each chunk in both directions. */
  slow(ms: number): Mend;
  /** Drops the answers of the server. When mended, closes the connections that lost bytes: they are out of step. */
  loseAnswers(): Mend;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function faultyProxy(port: number, host = '127.0.0.1'): Promise<FaultyProxy> {
  const links = new Set<Link>();
  const faults: Faults = { open: true, pauseMs: 0, deaf: false };
  const server = createServer((client) => {
    if (!faults.open) {
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
  const endAll = (which: (link: Link) => boolean): void => {
    for (const link of links) if (which(link)) link.end();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      faults.open = false;
      endAll(() => true);
      return () => {
        faults.open = true;
      };
    },
    slow(ms) {
      faults.pauseMs = ms;
      return () => {
        faults.pauseMs = 0;
      };
    },
    loseAnswers() {
      faults.deaf = true;
      return () => {
        faults.deaf = false;
        endAll(({ broken }) => broken);
      };
    },
    async close() {
      server.close();
      endAll(() => true);
      await once(server, 'close');
    },
  };
}

interface Faults {
  open: boolean;
  pauseMs: number;
  deaf: boolean;
}

/** One connection through the proxy. */
class Link {
  readonly ended: Promise<unknown>;
  /** Whether bytes of the stream were dropped. */
  broken = false;
  readonly #client: Socket;
  readonly #upstream: Socket;

  constructor(client: Socket, upstream: Socket, faults: Readonly<Faults>) {
    this.#client = client;
    this.#upstream = upstream;
    this.ended = Promise.all([once(client, 'close'), once(upstream, 'close')]);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
    client.pipe(passing(faults)).pipe(upstream);
    const answers = passing(faults, () => {
      if (faults.deaf) this.broken = true;
      return this.broken;
    });
    upstream.pipe(answers).pipe(client);
  }

  end(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }
}

/** Passes chunks on: late while the proxy is slow, and not at all if `lost` returns true. */
const passing = (faults: Readonly<Faults>, lost: () => boolean = () => false): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const pass = (): void => (lost() ? done() : done(null, chunk));
      if (faults.pauseMs === 0) pass();
      else void delay(faults.pauseMs).then(pass);
    },
  });

import type { Violation } from '../check/violation.ts';
import { Canary } from './canary.ts';
import { Client } from './client.ts';
import { Eraser } from './eraser.ts';
import { type Draft, Ledger } from './ledger.ts';
import { makePoisonRecords } from './poison.ts';
import { projects, systemProject } from '../projects.ts';
import { send } from './sender.ts';
import type { Random } from '../random.ts';
import { partitions, type Site } from '../site/site.ts';

const clientsPerProject = 6;
const usersPerClient = 5;
const replayMs = 15_000;

/** The load of a run: clients that log activities, the canary, the eraser, bursts of batches, replays of dead letters, and poison messages. */
export class Load {
  readonly ledger: Ledger = new Ledger();
  readonly canary: Canary;
  readonly eraser: Eraser;
  /** The number of poison messages that were written. */
  poisoned = 0;
  readonly #site: Site;
  readonly #random: Random;
  readonly #clients: readonly Client[];
  readonly #replays: number[] = [];
  #poisonRounds = 0;
  #bursts = 0;

  constructor(site: Site, random: Random) {
    this.#site = site;
    this.#random = random;
    const url = (chance: Random): string => site.url(chance);
    this.canary = new Canary(this.ledger, partitions, () => site.url(random));
    this.eraser = new Eraser(random.fork(), url);
    this.#clients = projects.flatMap((project) =>
      Array.from({ length: clientsPerProject }, (_, index) => {
        const users = Array.from({ length: usersPerClient }, (__, user) => `user-${index}-${user}`);
        const name = `c${index}`;
        return new Client({ project, name, users, ledger: this.ledger, random: random.fork(), url });
      }),
    );
  }

  /** Runs the clients until the signal is aborted. Resolves after their last responses. */
  async act(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#clients, this.eraser].map((client) => client.act(signal)));
  }

  /** Sends `batches` batches at the same time, each with `size` activities, alternately to the two projects. */
  async burst(batches: number, size: number): Promise<void> {
    this.#bursts += 1;
    const name = `burst-${this.#bursts}`;
    const url = this.#site.url(this.#random);
    const sending = Array.from({ length: batches }, async (_, batch) => {
      const drafts = Array.from({ length: size }, (__, index): Draft => {
        const nonce = `${name}-${Math.floor(batch / projects.length)}-${index}`;
        return { id: nonce, userId: `burst-${index % 20}`, type: 'BURST', metadata: { nonce } };
      });
      const project = projects[batch % projects.length] ?? projects[0];
      await send(this.ledger, { url, project }, drafts);
    });
    await Promise.all(sending);
  }

  /** Requests a replay of all dead letters of each project. Records the statuses of the responses for `violations`. */
  async replay(): Promise<void> {
    for (const project of [...projects, systemProject]) {
      const response = await fetch(`${this.#site.url(this.#random)}/api/dead-letters/replay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-project': project },
        body: '{"all":true}',
        signal: AbortSignal.timeout(replayMs),
      }).catch(() => undefined);
      if (response !== undefined) this.#replays.push(response.status);
      await response?.body?.cancel();
    }
  }

  /** Returns a violation for each replay that was not answered 202, 409 or 503, one if no activity was accepted, and one if no user was erased. */
  violations(): readonly Violation[] {
    const unexpected = this.#replays.filter((status) => ![202, 409, 503].includes(status));
    return [
      ...unexpected.map(
        (status): Violation => ({
          kind: 'answer',
          subject: 'replay',
          detail: `a replay was answered with ${status}`,
        }),
      ),
      ...(this.ledger.accepted > 0
        ? []
        : [{ kind: 'idle', subject: 'clients', detail: 'no activity was answered 202' } as const]),
      ...(this.eraser.users.length > 0
        ? []
        : [{ kind: 'idle', subject: 'eraser', detail: 'no user was erased' } as const]),
    ];
  }

  /** Writes a poison message of each kind to the topic. */
  async poison(): Promise<void> {
    this.#poisonRounds += 1;
    for (const record of makePoisonRecords(this.#poisonRounds, partitions)) {
      await this.#site.tools.write(record);
      this.poisoned += 1;
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { defaultMetadataBytes, type JsonObject } from '@user-activity/domain';
import type { Random } from '../random.ts';
import type { Draft, Exchange, Ledger } from './ledger.ts';
import { send } from './sender.ts';

/** Options of a client. */
export interface ClientOptions {
  readonly name: string;
  readonly users: readonly string[];
  readonly ledger: Ledger;
  readonly random: Random;
  /** Returns the URL of an API that is not known to be down. */
  readonly url: (random: Random) => string;
  /** The maximum pause between two requests. */
  readonly maxPauseMs: number;
}

const attempts = 6;

/**
 * Logs the activities of its users until it is stopped, mostly one after the other. Behaves as clients do: repeats unconfirmed requests,
 * sends the same twice, gives up, confuses ids, and sends invalid activities.
 */
export class Client {
  readonly #options: ClientOptions;
  /** Facts that were sent with an id. Some are sent again. */
  readonly #past: Draft[] = [];
  #made = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async act(signal: AbortSignal): Promise<void> {
    const { random, maxPauseMs } = this.#options;
    while (!signal.aborted) {
      await this.#actOnce(random.int(1, 100));
      await delay(random.int(0, maxPauseMs), undefined, { signal }).catch(() => undefined);
    }
  }

  async #actOnce(dice: number): Promise<void> {
    const { random } = this.#options;
    if (dice <= 55) await this.#persist([this.#remembered()], false);
    else if (dice <= 67) await this.#persist([this.#draft(false)], false);
    else if (dice <= 80)
      await this.#persist(
        Array.from({ length: random.int(2, 25) }, () =>
          random.chance(90) ? this.#remembered() : this.#draft(false),
        ),
        true,
      );
    else if (dice <= 86) await this.#twiceAtOnce(this.#remembered());
    else if (dice <= 91) await this.#several();
    else if (dice <= 95) await this.#persist([this.#again()], false);
    else if (dice <= 98) await this.#persist([this.#mistaken()], false);
    else await this.#refused();
  }

  /** Sends the drafts until they are confirmed, to a random API each time, or gives up. */
  async #persist(drafts: readonly Draft[], batch: boolean): Promise<void> {
    const { random } = this.#options;
    let named = drafts;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { answer } = await this.#send(named, batch);
      if (answer?.status === 202 || random.chance(5)) return;
      // Without an id and an answer, a repetition could be stored twice.
      if (answer === undefined && named.some(({ id }) => id === undefined)) return;
      if (answer !== undefined) named = withIds(named, answer.ids);
      await delay(random.int(20, 150 * attempt));
    }
  }

  async #twiceAtOnce(draft: Draft): Promise<void> {
    await Promise.all([this.#send([draft], false), this.#send([draft], false)]);
  }

  /** Sends different facts at the same time, so that no order is promised. */
  async #several(): Promise<void> {
    const drafts = Array.from({ length: 4 }, () => this.#remembered());
    await Promise.all(drafts.map((draft) => this.#persist([draft], false)));
  }

  /** Returns an earlier fact, to be sent again. */
  #again(): Draft {
    return this.#past.length === 0 ? this.#remembered() : this.#options.random.pick(this.#past);
  }

  /** Returns another fact under an earlier id. */
  #mistaken(): Draft {
    const { id } = this.#again();
    return { ...this.#draft(true), ...(id === undefined ? {} : { id }) };
  }

  /** Sends an activity that breaks a rule. It must be refused, and nothing of it kept. */
  async #refused(): Promise<void> {
    const [sound, { metadata }] = [this.#draft(true), this.#draft(true)];
    const long = { ...sound, metadata: { ...metadata, long: 'x'.repeat(defaultMetadataBytes) } };
    await this.#send([long], false, true);
  }

  #send(drafts: readonly Draft[], batch: boolean, isUnsound = false): Promise<Exchange> {
    const { ledger, random, url } = this.#options;
    return send(ledger, { url: url(random), drafts, batch, isUnsound });
  }

  #draft(named: boolean): Draft {
    const { name, users, random } = this.#options;
    this.#made += 1;
    const nonce = `${name}-${this.#made}`;
    const happened = Date.UTC(2026, 0, 1) + random.int(0, 86_400_000);
    const draft: Draft = {
      ...(named ? { id: nonce } : {}),
      userId: random.pick(users),
      type: random.pick(types),
      metadata: { ...random.pick(metadata), nonce },
      ...(random.chance(30) ? { createdAt: new Date(happened).toISOString() } : {}),
    };
    return draft;
  }

  /** Returns a new fact with an id, which may be sent again later. */
  #remembered(): Draft {
    const draft = this.#draft(true);
    this.#past.push(draft);
    return draft;
  }
}

const types = ['VIEW', 'LOGIN', 'LOGOUT', 'ORDER/PAID', 'ÄNDERUNG'];

const metadata: readonly JsonObject[] = [
  {},
  { ip: '127.0.0.1', agent: 'Mozilla/5.0 (X11; Linux x86_64)' },
  { nested: { list: [1, 2.5, null, true, { deep: 'yes' }] }, number: 5e-324 },
  { $set: { 'a.b': 1 }, '': 'empty', constructor: ['x'], _bsontype: 'ObjectId' },
  { text: 'ﬁ é e\u0301 😀 \u2028 "quoted" \\ \n', big: 1.797_693_134_862_315_7e308 },
  { page: 'x'.repeat(4000) },
];

/** Returns the drafts with the ids under which the service wants them repeated. */
const withIds = (drafts: readonly Draft[], ids: readonly (string | null)[]): readonly Draft[] =>
  drafts.map((draft, index) => {
    const id = draft.id ?? ids[index];
    return id === undefined || id === null ? draft : { ...draft, id };
  });

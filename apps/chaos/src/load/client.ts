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
}

const maxAttempts = 6;
const maxPauseMs = 80;

/**
 * Logs activities of its users until it is stopped, mostly one after the other. It behaves as real clients do: it repeats unconfirmed
 * requests, sends an activity twice, gives up, reuses an id for another fact, and sends invalid activities.
 */
export class Client {
  readonly #options: ClientOptions;
  /** Facts that were sent with an id. Some are sent again. */
  readonly #pastDrafts: Draft[] = [];
  #draftCount = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async act(signal: AbortSignal): Promise<void> {
    const { random } = this.#options;
    while (!signal.aborted) {
      await this.#actOnce(random.int(1, 100));
      await delay(random.int(0, maxPauseMs), undefined, { signal }).catch(() => undefined);
    }
  }

  async #actOnce(roll: number): Promise<void> {
    const { random } = this.#options;
    if (roll <= 55) await this.#sendUntilConfirmed([this.#repeatableDraft()]);
    else if (roll <= 67) await this.#sendUntilConfirmed([this.#draft(false)]);
    else if (roll <= 80)
      await this.#sendUntilConfirmed(
        Array.from({ length: random.int(2, 25) }, () =>
          random.chance(90) ? this.#repeatableDraft() : this.#draft(false),
        ),
      );
    else if (roll <= 86) await this.#sendTwiceAtOnce(this.#repeatableDraft());
    else if (roll <= 91) await this.#sendSeveral();
    else if (roll <= 95) await this.#sendUntilConfirmed([this.#pastDraft()]);
    else if (roll <= 98) await this.#sendUntilConfirmed([this.#conflictingDraft()]);
    else await this.#sendInvalid();
  }

  /** Sends the drafts to a random API each time, until they are confirmed. Sometimes gives up before. */
  async #sendUntilConfirmed(drafts: readonly Draft[]): Promise<void> {
    const { random } = this.#options;
    let draftsToSend = drafts;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { answer } = await this.#send(draftsToSend);
      if (answer?.status === 202 || random.chance(5)) return;
      // A draft without an id could be stored twice if it is sent again.
      if (answer === undefined && draftsToSend.some(({ id }) => id === undefined)) return;
      if (answer !== undefined) draftsToSend = withIds(draftsToSend, answer.ids);
      await delay(random.int(20, 150 * attempt));
    }
  }

  async #sendTwiceAtOnce(draft: Draft): Promise<void> {
    await Promise.all([this.#send([draft]), this.#send([draft])]);
  }

  /** Sends different facts at the same time. The service does not promise their order. */
  async #sendSeveral(): Promise<void> {
    const drafts = Array.from({ length: 4 }, () => this.#repeatableDraft());
    await Promise.all(drafts.map((draft) => this.#sendUntilConfirmed([draft])));
  }

  /** Returns an earlier fact, to be sent again. */
  #pastDraft(): Draft {
    return this.#pastDrafts.length === 0
      ? this.#repeatableDraft()
      : this.#options.random.pick(this.#pastDrafts);
  }

  /** Returns another fact under an earlier id. */
  #conflictingDraft(): Draft {
    const { id } = this.#pastDraft();
    return { ...this.#draft(true), ...(id === undefined ? {} : { id }) };
  }

  /** Sends an activity that breaks a rule. The service must reject it and store nothing of it. */
  async #sendInvalid(): Promise<void> {
    const [validDraft, { metadata }] = [this.#draft(true), this.#draft(true)];
    const long = { ...validDraft, metadata: { ...metadata, long: 'x'.repeat(defaultMetadataBytes) } };
    await this.#send([long], true);
  }

  #send(drafts: readonly Draft[], isInvalid = false): Promise<Exchange> {
    const { ledger, random, url } = this.#options;
    return send(ledger, url(random), drafts, isInvalid);
  }

  #draft(hasId: boolean): Draft {
    const { name, users, random } = this.#options;
    this.#draftCount += 1;
    const nonce = `${name}-${this.#draftCount}`;
    const happened = Date.UTC(2026, 0, 1) + random.int(0, 86_400_000);
    return {
      ...(hasId ? { id: nonce } : {}),
      userId: random.pick(users),
      type: random.pick(types),
      metadata: { ...random.pick(metadata), nonce },
      ...(random.chance(30) ? { createdAt: new Date(happened).toISOString() } : {}),
    };
  }

  /** Returns a new fact with an id, which may be sent again later. */
  #repeatableDraft(): Draft {
    const draft = this.#draft(true);
    this.#pastDrafts.push(draft);
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

/** Returns the drafts with the ids of the answer. The service expects these ids if the drafts are sent again. */
const withIds = (drafts: readonly Draft[], ids: readonly (string | null)[]): readonly Draft[] =>
  drafts.map((draft, index) => {
    const id = draft.id ?? ids[index];
    return id === undefined || id === null ? draft : { ...draft, id };
  });

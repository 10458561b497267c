import { setTimeout as delay } from 'node:timers/promises';
import { defaultMetadataBytes, type JsonObject } from '@user-activity/domain';
import type { Random } from '../random.ts';
import type { Draft, Exchange, Ledger } from './ledger.ts';
import { send } from './sender.ts';

/** Options of a client. */
export interface ClientOptions {
  readonly project: string;
  /** The prefix of the ids that the client chooses. */
  readonly name: string;
  readonly users: readonly string[];
  readonly ledger: Ledger;
  readonly random: Random;
  /** Returns the URL of an API that is ready. */
  readonly url: (random: Random) => string;
}

const maxAttempts = 6;
const maxPauseMs = 80;

/**
 * Logs activities of its users until it is stopped, mostly one after the other. It behaves like real clients: it retries requests that were
 * not answered 202, sends some activities twice, sometimes gives up, reuses ids for other facts, and sends invalid activities.
 */
export class Client {
  readonly #options: ClientOptions;
  /** The drafts that the client has made with an id. It may send them again. */
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

  /** Sends the drafts to a random API until an API answers 202. Gives up after 6 attempts, and sometimes earlier. */
  async #sendUntilConfirmed(drafts: readonly Draft[]): Promise<void> {
    const { random } = this.#options;
    let draftsToSend = drafts;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { response } = await this.#send(draftsToSend);
      if (response?.status === 202 || random.chance(5)) return;
      // If a draft without an id is sent again, the service may store it twice.
      if (response === undefined && draftsToSend.some(({ id }) => id === undefined)) return;
      if (response !== undefined) draftsToSend = withIds(draftsToSend, response.ids);
      await delay(random.int(20, 150 * attempt));
    }
  }

  async #sendTwiceAtOnce(draft: Draft): Promise<void> {
    await Promise.all([this.#send([draft]), this.#send([draft])]);
  }

  /** Sends four facts at the same time. The service may log them in any order. */
  async #sendSeveral(): Promise<void> {
    const drafts = Array.from({ length: 4 }, () => this.#repeatableDraft());
    await Promise.all(drafts.map((draft) => this.#sendUntilConfirmed([draft])));
  }

  /** Returns an earlier fact, or a new fact if there is no earlier one. */
  #pastDraft(): Draft {
    return this.#pastDrafts.length === 0
      ? this.#repeatableDraft()
      : this.#options.random.pick(this.#pastDrafts);
  }

  /** Returns a new fact with the id of an earlier fact. */
  #conflictingDraft(): Draft {
    const { id } = this.#pastDraft();
    return { ...this.#draft(true), ...(id === undefined ? {} : { id }) };
  }

  /** Sends an activity with too much metadata. The service must reject the activity. */
  async #sendInvalid(): Promise<void> {
    const [validDraft, { metadata }] = [this.#draft(true), this.#draft(true)];
    const long = { ...validDraft, metadata: { ...metadata, long: 'x'.repeat(defaultMetadataBytes) } };
    await this.#send([long], true);
  }

  #send(drafts: readonly Draft[], isInvalid = false): Promise<Exchange> {
    const { project, ledger, random, url } = this.#options;
    return send(ledger, { url: url(random), project }, drafts, isInvalid);
  }

  #draft(hasId: boolean): Draft {
    const { name, users, random } = this.#options;
    this.#draftCount += 1;
    const nonce = `${name}-${this.#draftCount}`;
    const createdAt = new Date(Date.UTC(2026, 0, 1) + random.int(0, 86_400_000)).toISOString();
    return {
      ...(hasId ? { id: nonce } : {}),
      userId: random.pick(users),
      type: random.pick(types),
      metadata: { ...random.pick(metadata), nonce },
      ...(random.chance(30) ? { createdAt } : {}),
    };
  }

  /** Returns a new fact with an id, and remembers the fact. */
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

/** Adds the ids of the response to drafts without an id. A client that sends drafts again must send these ids. */
const withIds = (drafts: readonly Draft[], ids: readonly (string | null)[]): readonly Draft[] =>
  drafts.map((draft, index) => {
    const id = draft.id ?? ids[index];
    return id === undefined || id === null ? draft : { ...draft, id };
  });

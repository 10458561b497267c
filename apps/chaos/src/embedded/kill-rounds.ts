import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityJson } from '@user-activity/domain';
import { ServiceProcess } from '@user-activity/test-kit';
import { listAll } from '../list-all.ts';

/** The result of a run. */
export interface KillReport {
  readonly kills: number;
  /** Kills that hit the service before it was ready. */
  readonly killsWhileStarting: number;
  /** Activities that were answered 202. */
  readonly accepted: number;
  /** Activities sent without an answer. Each may be stored or not. */
  readonly unanswered: number;
  readonly stored: number;
  /** Ids that were answered 202, but are not stored. */
  readonly lost: readonly string[];
  /** Ids that are listed more than once. */
  readonly repeated: readonly string[];
  /** Ids of stored activities that were never sent with this content. */
  readonly foreign: readonly string[];
}

const senders = 8;
const json = { 'content-type': 'application/json' };

/**
 * Kills the service `kills` times, at random moments while clients send. Then compares the stored activities with the answers. Clients
 * send single activities and batches, and repeat requests that were not answered.
 */
export async function killRounds(
  folder: string,
  kills: number,
  onLine: (line: string) => void,
): Promise<KillReport> {
  const sent = new Map<string, string>();
  const accepted = new Set<string>();
  const unanswered: Draft[][] = [];
  let killsWhileStarting = 0;
  for (let round = 1; round <= kills; round += 1) {
    const service = new ServiceProcess({ folder });
    if (round % 10 === 0) {
      killsWhileStarting += 1;
      await delay(Math.random() * 400);
      await service.end('SIGKILL');
      continue;
    }
    const url = await service.ready();
    const stopping = new AbortController();
    const sending = Array.from({ length: senders }, (_, sender) =>
      send(`${round}-${sender}`, url, { sent, accepted, unanswered }, stopping.signal),
    );
    await delay(20 + Math.random() * 600);
    await service.end('SIGKILL');
    stopping.abort();
    await Promise.all(sending);
    onLine(`kill ${round} of ${kills}: ${accepted.size} answered 202 so far`);
  }

  const service = new ServiceProcess({ folder });
  const found = await waitForStored(await service.ready(), accepted);
  await service.end('SIGTERM');
  const ids = new Set(found.map(({ id }) => id));
  return {
    kills,
    killsWhileStarting,
    accepted: accepted.size,
    unanswered: sent.size - accepted.size,
    stored: found.length,
    lost: [...accepted].filter((id) => !ids.has(id)),
    repeated: repeatedIn(found),
    foreign: found.filter(({ id, metadata }) => sent.get(id) !== metadata['nonce']).map(({ id }) => id),
  };
}

function repeatedIn(found: readonly ActivityJson[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { id } of found) (seen.has(id) ? repeated : seen).add(id);
  return [...repeated];
}

interface Draft {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: { readonly nonce: string };
}

/** The state that all clients share. */
interface SharedState {
  readonly sent: Map<string, string>;
  readonly accepted: Set<string>;
  /** Requests without an answer. Any client repeats them later. */
  readonly unanswered: Draft[][];
}

/** Runs a client: sends one request after the other until the service is gone. Every third is a batch. */
async function send(name: string, url: string, state: SharedState, signal: AbortSignal): Promise<void> {
  for (let request = 0; !signal.aborted; request += 1) {
    const drafts = state.unanswered.shift() ?? newDrafts(name, request);
    for (const { id, metadata } of drafts) state.sent.set(id, metadata.nonce);
    // Sometimes sends the same request twice at once, as a client does that retries before the answer.
    const attempts = request % 5 === 0 ? 2 : 1;
    const answers = await Promise.allSettled(Array.from({ length: attempts }, () => post(url, drafts)));
    const isAccepted = answers.some((answer) => answer.status === 'fulfilled' && answer.value === 202);
    if (isAccepted) for (const { id } of drafts) state.accepted.add(id);
    else {
      state.unanswered.push(drafts);
      return;
    }
  }
}

const newDrafts = (name: string, request: number): Draft[] =>
  Array.from({ length: request % 3 === 0 ? 20 : 1 }, (_, item) => ({
    id: `${name}-${request}-${item}`,
    userId: `user-${name}`,
    type: 'chaos',
    metadata: { nonce: Math.random().toString(36) },
  }));

async function post(url: string, drafts: readonly Draft[]): Promise<number> {
  const [path, body] = drafts.length === 1 ? ['/api/logs', drafts[0]] : ['/api/logs/batch', drafts];
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Waits until the consumer has stored all accepted activities, or stores no more. Returns all stored activities. */
async function waitForStored(url: string, accepted: ReadonlySet<string>): Promise<readonly ActivityJson[]> {
  for (let unchanged = 0, before = -1; ; ) {
    const found = await listAll(url, 'CHAOS');
    const ids = new Set(found.map(({ id }) => id));
    const isComplete = [...accepted].every((id) => ids.has(id));
    unchanged = found.length === before ? unchanged + 1 : 0;
    // Unanswered activities may follow the last accepted one on the log, so even a complete list must stay unchanged.
    if (unchanged >= (isComplete ? 2 : 20)) return found;
    before = found.length;
    await delay(250);
  }
}

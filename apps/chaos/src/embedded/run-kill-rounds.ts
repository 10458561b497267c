import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityJson } from '@user-activity/domain';
import { ServiceProcess } from '@user-activity/test-kit';
import { findErasureFaults } from '../check/find-erasure-faults.ts';
import { gatherErasures } from '../check/gather-erasures.ts';
import { findRepeated } from '../check/find-repeated.ts';
import type { Violation } from '../check/violation.ts';
import { listActivities } from '../list.ts';
import { Eraser } from '../load/eraser.ts';
import type { Draft } from '../load/ledger.ts';
import { post, type Target } from '../load/sender.ts';
import { projects } from '../projects.ts';
import { Random } from '../random.ts';

/** The result of a run. */
export interface KillReport {
  readonly kills: number;
  /** The number of kills while the service was starting. */
  readonly killsWhileStarting: number;
  /** The number of activities that were answered 202. */
  readonly accepted: number;
  /** The number of activities that were not answered 202. The service may have stored some of them. */
  readonly unanswered: number;
  readonly stored: number;
  /** The ids of activities that were answered 202, but are not stored. */
  readonly lost: readonly string[];
  /** The ids that the API lists more than once. */
  readonly repeated: readonly string[];
  /** The ids of stored activities whose content no client sent. */
  readonly foreign: readonly string[];
  /** The number of users who were erased or anonymised. */
  readonly erasedUsers: number;
  /** The violations that were found in the data of these users. */
  readonly erasures: readonly Violation[];
}

const environment = { ANONYMISATION_KEY: 'a-secret-of-the-chaos-harness-and-no-other' };
const sendersPerProject = 4;

/**
 * Kills the service `kills` times, at random times while clients log activities. Then compares the stored activities of each project with the
 * responses. Clients send single activities and batches, and retry requests that were not answered 202. Clients of different projects use
 * the same ids. In one more project, users are erased while their activities are logged.
 */
export async function runKillRounds(
  folder: string,
  kills: number,
  onLine: (line: string) => void,
): Promise<KillReport> {
  const states = new Map(projects.map((project) => [project, newState()]));
  let killsWhileStarting = 0;
  let url = '';
  const eraser = new Eraser(new Random(kills), () => url);
  for (let round = 1; round <= kills; round += 1) {
    const service = new ServiceProcess({ folder, environment });
    if (round % 10 === 0) {
      killsWhileStarting += 1;
      await delay(Math.random() * 400);
      await service.end('SIGKILL');
      continue;
    }
    url = await service.ready();
    const target = url;
    const stopping = new AbortController();
    const sending = [...states].flatMap(([project, state]) =>
      Array.from({ length: sendersPerProject }, (_, sender) =>
        runClient(`${round}-${sender}`, { url: target, project }, state, stopping.signal),
      ),
    );
    const erasing = eraser.act(stopping.signal);
    await delay(20 + Math.random() * 600);
    await service.end('SIGKILL');
    stopping.abort();
    await Promise.all([...sending, erasing]);
    const accepted = [...states.values()].map((state) => state.accepted.size);
    onLine(`kill ${round} of ${kills}: ${accepted.join(' + ')} answered 202 so far`);
  }

  const service = new ServiceProcess({ folder, environment });
  url = await service.ready();
  let findings = noFindings;
  for (const [project, state] of states) {
    const found = await waitForStored({ url, project }, state.accepted);
    findings = sumOf(findings, findingsOf(found, state));
  }
  const erasures = findErasureFaults(await gatherErasures(url, eraser.users));
  await service.end('SIGTERM');
  return { kills, killsWhileStarting, ...findings, erasedUsers: eraser.users.length, erasures };
}

type Findings = Omit<KillReport, 'kills' | 'killsWhileStarting' | 'erasedUsers' | 'erasures'>;

const noFindings: Findings = { accepted: 0, unanswered: 0, stored: 0, lost: [], repeated: [], foreign: [] };

function findingsOf(found: readonly ActivityJson[], { sent, accepted }: SharedState): Findings {
  const ids = new Set(found.map(({ id }) => id));
  return {
    accepted: accepted.size,
    unanswered: sent.size - accepted.size,
    stored: found.length,
    lost: [...accepted].filter((id) => !ids.has(id)),
    repeated: [...findRepeated(found.map(({ id }) => id))],
    foreign: found.filter(({ id, metadata }) => sent.get(id) !== metadata['nonce']).map(({ id }) => id),
  };
}

const sumOf = (left: Findings, right: Findings): Findings => ({
  accepted: left.accepted + right.accepted,
  unanswered: left.unanswered + right.unanswered,
  stored: left.stored + right.stored,
  lost: [...left.lost, ...right.lost],
  repeated: [...left.repeated, ...right.repeated],
  foreign: [...left.foreign, ...right.foreign],
});

type DraftWithId = Draft & { readonly id: string };

/** The state that all clients of a project share. */
interface SharedState {
  readonly sent: Map<string, string>;
  readonly accepted: Set<string>;
  /** Requests that were not answered 202. Any client may retry them. */
  readonly unanswered: DraftWithId[][];
}

const newState = (): SharedState => ({ sent: new Map(), accepted: new Set(), unanswered: [] });

/** Runs a client, which sends one request after the other until a request is not answered 202. Every third request is a batch. */
async function runClient(
  name: string,
  target: Target,
  state: SharedState,
  signal: AbortSignal,
): Promise<void> {
  for (let request = 0; !signal.aborted; request += 1) {
    const drafts = state.unanswered.shift() ?? newDrafts(name, request);
    for (const { id, metadata } of drafts) state.sent.set(id, metadata.nonce);
    // Some clients retry before they have the response, so the same request is sent twice at once.
    const attempts = request % 5 === 0 ? 2 : 1;
    const responses = await Promise.all(Array.from({ length: attempts }, () => post(target, drafts)));
    const isAccepted = responses.some((response) => response?.status === 202);
    if (isAccepted) for (const { id } of drafts) state.accepted.add(id);
    else {
      state.unanswered.push(drafts);
      return;
    }
  }
}

const newDrafts = (name: string, request: number): DraftWithId[] =>
  Array.from({ length: request % 3 === 0 ? 20 : 1 }, (_, item) => ({
    id: `${name}-${request}-${item}`,
    userId: `user-${name}`,
    type: 'chaos',
    metadata: { nonce: Math.random().toString(36) },
  }));

/** Waits until the number of stored activities no longer grows. Returns all stored activities. */
async function waitForStored(
  target: Target,
  accepted: ReadonlySet<string>,
): Promise<readonly ActivityJson[]> {
  for (let unchangedPolls = 0, before = -1; ; ) {
    const found = await listActivities(target, 'CHAOS');
    const ids = new Set(found.map(({ id }) => id));
    const isComplete = [...accepted].every((id) => ids.has(id));
    unchangedPolls = found.length === before ? unchangedPolls + 1 : 0;
    // The log may hold more activities after the last one that was answered 202, so completeness alone is not the end.
    if (unchangedPolls >= (isComplete ? 2 : 20)) return found;
    before = found.length;
    await delay(250);
  }
}

import { createHash } from 'node:crypto';
import { type ActivityJson, edgeTopic, parseJson, replayHeader, replayOf } from '@user-activity/domain';
import { readTopic, type TopicRecord } from '@user-activity/test-kit';
import { readDeadLetter } from '@user-activity/topic-contract';
import { listActivities } from '../list.ts';
import type { ReceivedFeed } from '../load/followers.ts';
import type { Ledger } from '../load/ledger.ts';
import { poisonHeader, poisonProjectHeader } from '../load/poison.ts';
import { erasureProject, projects, systemProject } from '../projects.ts';
import { database, type Site, topic } from '../site/site.ts';
import type { Evidence, EvidenceByProject, Letter, LoggedRecord, TopicLetter } from './evidence.ts';

type Headers = readonly (readonly [name: string, value: Uint8Array])[];

/** An item of the evidence, and the project to which it belongs. */
interface InProject<Item> {
  readonly project: string;
  readonly item: Item;
}

/** Reads the topic of activities, the topic of dead letters, and the store. Returns the evidence of every project that has any data in them. */
export async function gatherEvidence(
  site: Site,
  url: string,
  ledger: Ledger,
  feeds: ReadonlyMap<string, readonly ReceivedFeed[]>,
): Promise<EvidenceByProject> {
  const records = (await readTopic(site.kafka.directBrokers, topic))
    .map(toLoggedRecord)
    .filter(({ project, item }) => !(project === systemProject && isAuditEvent(item.activity)))
    .toSorted((a, b) => a.item.partition - b.item.partition || a.item.offset - b.item.offset);
  const topicLetters = await readTopic(site.kafka.directBrokers, `${topic}.dead-letters`);
  const lettersOnTopic = topicLetters.flatMap(lettersIn);
  const { letters, written } = await readStore(site);
  const found = [...records, ...lettersOnTopic, ...letters, ...written]
    .map(({ project }) => project)
    .filter((project) => project !== erasureProject);
  const evidence = new Map<string, Evidence>();
  for (const project of new Set([...projects, systemProject, ...found]))
    evidence.set(project, {
      exchanges: ledger.exchangesOf(project),
      records: itemsInProject(project, records),
      stored: (await listActivities({ url, project })).filter(
        (activity) => !(project === systemProject && isAuditEvent(activity)),
      ),
      feeds: feeds.get(project) ?? [],
      // The project `_system` has only audit events, which the checks ignore.
      written: project === systemProject ? [] : itemsInProject(project, written),
      letters: itemsInProject(project, letters),
      lettersOnTopic: itemsInProject(project, lettersOnTopic),
      isRestored: site.unsettledByRestores > 0,
    });
  return evidence;
}

/**
 * Returns whether an activity is an audit event, which the service logs itself. The load causes only these two types: it requests replays and
 * erases users. A restore may bring back an older version of an event in the outbox; this version then becomes a dead letter.
 */
const isAuditEvent = (activity: ActivityJson | undefined): boolean =>
  activity?.type === 'DEAD_LETTERS_REPLAYED' || activity?.type === 'USER_ERASED';

const itemsInProject = <Item>(project: string, all: readonly InProject<Item>[]): readonly Item[] =>
  all.flatMap((each) => (each.project === project ? [each.item] : []));

function toLoggedRecord(record: TopicRecord): InProject<LoggedRecord> {
  const { partition, offset, key, value } = record;
  const headers = headersOf(record);
  const place = { topic, partition, offset: Number(offset) };
  const lists = Object.fromEntries(headers.map(([name, bytes]) => [name, [bytes]]));
  const first = replayOf(lists, topic) ?? place;
  const [[, project] = []] = [poisonProjectHeader, 'ce_project'].flatMap((header) =>
    headers.filter(([name]) => name === header),
  );
  const item = {
    partition,
    offset: place.offset,
    origin: `${first.partition}:${first.offset}`,
    digest: digestOf(
      key,
      value,
      headers.filter(([name]) => name !== replayHeader),
    ),
    poison: headers.some(([name]) => name === poisonHeader),
    activity: activityIn(value),
  };
  return { project: project === undefined ? projects[0] : Buffer.from(project).toString(), item };
}

const headersOf = ({ headers = {} }: TopicRecord): Headers =>
  Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, Buffer.from(value ?? '')] as const),
  );

/** Parses the activity in the value of a record. Returns undefined if the value is not an activity. */
function activityIn(value: Uint8Array | null): ActivityJson | undefined {
  try {
    const parsed = parseJson(Buffer.from(value ?? []).toString('utf8')) as Partial<ActivityJson> | null;
    return typeof parsed?.metadata === 'object' ? (parsed as ActivityJson) : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(key: Uint8Array | null, value: Uint8Array | null, headers: Headers): string {
  const sorted = headers.toSorted(([left], [right]) => (left < right ? -1 : 1));
  const parts = [key, value, ...sorted.flatMap(([name, bytes]) => [Buffer.from(name), bytes])];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part?.length ?? 'null'}:`).update(part ?? '');
  return hash.digest('base64url');
}

/** Returns a list with the dead letter in a record. Returns an empty list if the letter has no original record on the log, or is an audit event. */
function lettersIn(record: TopicRecord): InProject<TopicLetter>[] {
  const headers = Object.fromEntries(headersOf(record).map(([name, value]) => [name, [value]]));
  const letter = readDeadLetter({ key: record.key, value: record.value, headers });
  if (letter === undefined) {
    const item = { origin: `unreadable at ${record.offset}`, code: '', digest: '' };
    return [{ project: systemProject, item }];
  }
  if (letter.origin.topic === edgeTopic || isAuditEvent(activityIn(letter.value))) return [];
  const originalHeaders = Object.entries(letter.headers).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const item = {
    origin: `${letter.origin.partition}:${letter.origin.offset}`,
    code: letter.code,
    digest: digestOf(letter.key, letter.value, originalHeaders),
  };
  return [{ project: letter.project, item }];
}

interface LetterDocument {
  readonly project: string;
  readonly origin: { readonly partition: number; readonly offset: number };
  readonly key: { readonly buffer: Uint8Array } | null;
  readonly value: { readonly buffer: Uint8Array } | null;
  readonly headers: readonly { readonly name: string; readonly value: { readonly buffer: Uint8Array } }[];
  readonly code: string;
  readonly reason: string;
}

interface OplogEntry {
  readonly op: string;
  readonly ns: string;
  readonly o: { readonly _id?: string; readonly applyOps?: readonly OplogEntry[] };
}

/** Reads the store: the dead letters, and the ids of all inserted activities in the order of MongoDB's oplog. */
async function readStore(site: Site): Promise<{
  readonly letters: readonly InProject<Letter>[];
  readonly written: readonly InProject<string>[];
}> {
  return site.mongo.read(async (client) => {
    const letters = client.db(database).collection<LetterDocument>('dead_letters');
    const logLetters = letters.find({ 'origin.topic': { $ne: edgeTopic } });
    const oplog = client.db('local').collection<OplogEntry>('oplog.rs');
    const ns = `${database}.activities`;
    const inserts = oplog.find({
      $or: [
        { op: 'i', ns },
        { op: 'c', 'o.applyOps.ns': ns },
      ],
    });
    const entries = (await inserts.toArray()).flatMap((entry) => entry.o.applyOps ?? [entry]);
    return {
      letters: (await logLetters.toArray())
        .filter(({ value }) => !isAuditEvent(activityIn(value && value.buffer)))
        .map(letterOf),
      written: entries.flatMap(({ op, ns: of, o: { _id } }) =>
        op === 'i' && of === ns && _id !== undefined ? [parsePrimaryKey(_id)] : [],
      ),
    };
  });
}

/** Splits a primary key, which is `<project> <id>`, or only the id in the project `default`. */
function parsePrimaryKey(key: string): InProject<string> {
  const [id = '', project = projects[0]] = key.split(' ').toReversed();
  return { project, item: id };
}

const letterOf = ({
  project,
  origin,
  key,
  value,
  headers,
  code,
  reason,
}: LetterDocument): InProject<Letter> => ({
  project,
  item: {
    origin: `${origin.partition}:${origin.offset}`,
    code,
    reason,
    digest: digestOf(
      key && key.buffer,
      value && value.buffer,
      headers.map((header) => [header.name, header.value.buffer] as const),
    ),
  },
});

import { createHash } from 'node:crypto';
import { type ActivityJson, edgeTopic, parseJson, replayHeader, replayOf } from '@user-activity/domain';
import { readTopic, type TopicRecord } from '@user-activity/test-kit';
import { readDeadLetter } from '@user-activity/topic-contract';
import { listAll } from '../list-all.ts';
import type { Exchange } from '../load/ledger.ts';
import { poisonHeader } from '../load/poison.ts';
import { database, type Site, topic } from '../site/site.ts';
import type { Evidence, Letter, LoggedRecord, TopicLetter } from './evidence.ts';

type Headers = readonly (readonly [name: string, value: Uint8Array])[];

/** Reads the topic, the topic of dead letters, and the store. */
export async function gather(site: Site, url: string, exchanges: readonly Exchange[]): Promise<Evidence> {
  const records = await readTopic(site.kafka.directBrokers, topic);
  const letters = await readTopic(site.kafka.directBrokers, `${topic}.dead-letters`);
  return {
    exchanges,
    records: records.map(loggedRecord).toSorted((a, b) => a.partition - b.partition || a.offset - b.offset),
    stored: await listAll(url),
    ...(await storeEvidence(site)),
    lettersOnTopic: letters.flatMap(letterOnTopic),
  };
}

function loggedRecord(record: TopicRecord): LoggedRecord {
  const { partition, offset, key, value } = record;
  const headers = headersOf(record);
  const place = { topic, partition, offset: Number(offset) };
  const lists = Object.fromEntries(headers.map(([name, bytes]) => [name, [bytes]]));
  const first = replayOf(lists, place) ?? place;
  return {
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
}

const headersOf = ({ headers = {} }: TopicRecord): Headers =>
  Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, Buffer.from(value ?? '')] as const),
  );

function activityIn(value: Buffer | null): ActivityJson | undefined {
  try {
    const parsed = parseJson(value?.toString('utf8') ?? '') as Partial<ActivityJson> | null;
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

/** Returns a list with the letter. The list is empty if the letter is a call that the API refused: such a letter has no record. */
function letterOnTopic(record: TopicRecord): TopicLetter[] {
  const headers = Object.fromEntries(headersOf(record).map(([name, value]) => [name, [value]]));
  const letter = readDeadLetter({ key: record.key, value: record.value, headers });
  if (letter === undefined) return [{ origin: `unreadable at ${record.offset}`, code: '', digest: '' }];
  if (letter.origin.topic === edgeTopic) return [];
  const originalHeaders = Object.entries(letter.headers).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  return [
    {
      origin: `${letter.origin.partition}:${letter.origin.offset}`,
      code: letter.code,
      digest: digestOf(letter.key, letter.value, originalHeaders),
    },
  ];
}

interface LetterDocument {
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

/** Returns the dead letters of the primary, and the ids of all inserted activities in the order of the oplog. */
async function storeEvidence(site: Site): Promise<Pick<Evidence, 'written' | 'letters'>> {
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
      letters: (await logLetters.toArray()).map(letterOf),
      written: entries.flatMap(({ op, ns: of, o: { _id } }) =>
        op === 'i' && of === ns && _id !== undefined ? [_id] : [],
      ),
    };
  });
}

const letterOf = ({ origin, key, value, headers, code, reason }: LetterDocument): Letter => ({
  origin: `${origin.partition}:${origin.offset}`,
  code,
  reason,
  digest: digestOf(
    key && key.buffer,
    value && value.buffer,
    headers.map((header) => [header.name, header.value.buffer] as const),
  ),
});

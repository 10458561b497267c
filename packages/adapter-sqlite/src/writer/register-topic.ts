import type { TopicRow } from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';
import { logKeyFinder } from './log-key-finder.ts';

/** `isFirst` is 1 for the first topic of its name, else 0. */
type Registered = readonly [partitions: number, log: string, isFirst: number];

// A topic that was registered without an id is always the first of its name, and matches any id. If the given topic has no id, this finds
// the first topic of its name.
const findSql = `SELECT topics.rowid, partitions, logs.id,
    NOT EXISTS (SELECT 1 FROM topics AS earlier WHERE earlier.name = ?1 AND earlier.rowid < topics.rowid)
  FROM topics JOIN logs ON logs.key = topics.log_key
  WHERE name = ?1 AND (topic_id IS NULL OR ?2 IS NULL OR topic_id = ?2) ORDER BY topics.rowid LIMIT 1`;
const identifySql = 'UPDATE topics SET topic_id = ? WHERE rowid = ? AND topic_id IS NULL';
const addSql = 'INSERT INTO topics (name, topic_id, partitions, log_key) VALUES (?, ?, ?, ?)';

/** Registers the topic if it is new. Otherwise changes nothing but a missing topic id. Returns the registered topic. */
export function registerTopic(prepare: Prepare, [name, topicId, partitions, log]: TopicRow): Registered {
  const find = prepare<readonly [rowId: number, ...Registered]>(findSql);
  if (find.all(name, topicId).length === 0)
    prepare(addSql).run(name, topicId, partitions, logKeyFinder(prepare)(log));
  const [found] = find.all(name, topicId);
  if (found === undefined) throw new Error('SQLite did not return the topic that was just registered.');
  const [rowId, ...registered] = found;
  if (topicId !== null) prepare(identifySql).run(topicId, rowId);
  return registered;
}

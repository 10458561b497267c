import type { TopicRow } from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';
import { logKeys } from './log-keys.ts';

type Registered = readonly [partitions: number, log: string];

// A topic that was registered without a topic id is always the first of its name. A topic without a topic id means the first one.
const findSql = `SELECT topics.rowid, partitions, logs.id FROM topics JOIN logs ON logs.key = topics.log_key
  WHERE name = ?1 AND (topic_id IS NULL OR ?2 IS NULL OR topic_id = ?2) ORDER BY topics.rowid LIMIT 1`;
const identifySql = 'UPDATE topics SET topic_id = ? WHERE rowid = ? AND topic_id IS NULL';
const addSql = 'INSERT INTO topics (name, topic_id, partitions, log_key) VALUES (?, ?, ?, ?)';

/** Returns the number of partitions and the log id that were registered first for the topic. Registers the topic if it is new. */
export function registerTopic(prepare: Prepare, [name, topicId, partitions, log]: TopicRow): Registered {
  const [found] = prepare<readonly [rowId: number, ...Registered]>(findSql).all(name, topicId);
  if (found === undefined) {
    prepare(addSql).run(name, topicId, partitions, logKeys(prepare)(log));
    return [partitions, log];
  }
  const [rowId, ...registered] = found;
  if (topicId !== null) prepare(identifySql).run(topicId, rowId);
  return registered;
}

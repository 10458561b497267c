/** The settings of a topic, by name. */
type TopicSettings = ReadonlyMap<string, string>;

interface TopicLayout {
  readonly partitions: number;
  readonly replicas: number;
  /** How many replicas must be in sync for a write to be confirmed. */
  readonly inSyncReplicas: number;
}

/** The maximum size of a batch of the publisher in bytes. A single activity has at most about 270 kB. */
export const maxPublishedBytes = 1_000_000;
// An unreadable record must fit into the store as a dead letter of at most 16 MiB.
const maxMessageBytes = 12 * 1024 * 1024;
// Brokers refuse timestamps too far from their clock. Clocks differ, and a record may wait before it is written.
const minTimestampRangeMs = 300_000;

/** Describes the settings that could lose or refuse records. They must be changed before the topic can be used. */
export function faultsOf(settings: TopicSettings, layout: TopicLayout, minMessageBytes: number): string[] {
  const { partitions, replicas, inSyncReplicas } = layout;
  const faults: string[] = [];
  if (partitions === 0) faults.push('it has no partitions');
  if (settings.get('cleanup.policy') !== 'delete')
    faults.push(
      'its cleanup.policy must be delete, because compaction keeps only the last activity of each user',
    );
  const limit = Number(settings.get('max.message.bytes'));
  if (!(limit >= minMessageBytes && limit <= maxMessageBytes))
    faults.push(
      `its max.message.bytes is ${limit} and must be from ${minMessageBytes} to ${maxMessageBytes}`,
    );
  if (inSyncReplicas > replicas)
    faults.push(
      `its min.insync.replicas is ${inSyncReplicas} and must be at most its number of replicas, ${replicas}`,
    );
  for (const name of ['message.timestamp.before.max.ms', 'message.timestamp.after.max.ms']) {
    const range = settings.get(name);
    if (range !== undefined && Number(range) < minTimestampRangeMs)
      faults.push(
        `its ${name} is ${range} and must be at least ${minTimestampRangeMs}, because clocks differ and a publish may wait`,
      );
  }
  return faults;
}

/** Describes the settings that are risky but allowed. */
export function weaknessesOf(settings: TopicSettings, layout: TopicLayout, retentionMs: number): string[] {
  const weaknesses: string[] = [];
  if (layout.replicas < 2)
    weaknesses.push('has one replica: if its broker is lost, its records are lost too; use 3 replicas');
  else if (layout.inSyncReplicas < 2)
    weaknesses.push('has min.insync.replicas below 2: a single broker can confirm a write; set it to 2');
  if (settings.get('unclean.leader.election.enable') === 'true')
    weaknesses.push(
      'has unclean.leader.election.enable=true: confirmed records are lost if a lagging replica becomes leader; set it to false',
    );
  if (settings.get('compression.type') === 'producer')
    weaknesses.push(
      'has compression.type=producer: a batch of more than 64 MiB becomes a single dead letter, and a large record may not fit into the store; set it to uncompressed',
    );
  if (settings.get('message.timestamp.type') === 'LogAppendTime')
    weaknesses.push(
      'has message.timestamp.type=LogAppendTime: its records do not carry the time at which they were accepted; set it to CreateTime',
    );
  const retention = Number(settings.get('retention.ms') ?? -1);
  if (retention >= 0 && retention < retentionMs)
    weaknesses.push(
      `has retention.ms=${retention}, which is less than the configured ${retentionMs}: it deletes records sooner`,
    );
  const bytes = settings.get('retention.bytes') ?? '-1';
  if (Number(bytes) >= 0)
    weaknesses.push(
      `has retention.bytes=${bytes}: under load, it deletes records before they are read; set it to -1`,
    );
  return weaknesses;
}

/** The settings of a topic, by name. */
export type TopicSettings = ReadonlyMap<string, string>;

/** The layout of a topic. */
export interface TopicLayout {
  readonly partitions: number;
  readonly replicas: number;
  /** How many replicas must be in sync for a write to be confirmed. */
  readonly inSyncReplicas: number;
}

/** The maximum size of one request's batch for a partition, with framing. A single activity has at most some 270 kB. */
export const publishedBytes = 1_000_000;
// An unreadable record must fit into the store as a dead letter, which has at most 16 MiB.
const maxMessageBytes = 12 * 1024 * 1024;
// The age of a record when it is written is how long its publish waited. The rest allows for differing clocks.
const minTimestampRangeMs = 300_000;

/** Returns why the topic would lose or refuse records. These must be changed before it is used. */
export function faultsOf(settings: TopicSettings, layout: TopicLayout, minMessageBytes: number): string[] {
  const { partitions, replicas, inSyncReplicas } = layout;
  const faults: string[] = [];
  if (partitions === 0) faults.push('it has no partitions');
  if (settings.get('cleanup.policy') !== 'delete')
    faults.push('its cleanup.policy must be delete, as compaction keeps only the last activity of each user');
  const largest = Number(settings.get('max.message.bytes'));
  if (!(largest >= minMessageBytes && largest <= maxMessageBytes))
    faults.push(
      `its max.message.bytes is ${largest} and must be from ${minMessageBytes} to ${maxMessageBytes}`,
    );
  if (inSyncReplicas > replicas)
    faults.push(
      `its min.insync.replicas is ${inSyncReplicas}, but it has only ${replicas} replicas, so every write fails`,
    );
  for (const name of ['message.timestamp.before.max.ms', 'message.timestamp.after.max.ms']) {
    const range = settings.get(name);
    if (range !== undefined && Number(range) < minTimestampRangeMs)
      faults.push(
        `its ${name} is ${range} and must be at least ${minTimestampRangeMs}, as clocks differ and a publish may wait`,
      );
  }
  return faults;
}

/** Returns the weaknesses of the topic that do not prevent its use. */
export function weaknessesOf(settings: TopicSettings, layout: TopicLayout, retentionMs: number): string[] {
  const weaknesses: string[] = [];
  if (layout.replicas < 2) weaknesses.push('has one replica: if its broker is lost, so are its records');
  else if (layout.inSyncReplicas < 2)
    weaknesses.push('has min.insync.replicas below 2: a write may be confirmed by one broker alone');
  if (settings.get('unclean.leader.election.enable') === 'true')
    weaknesses.push(
      'has unclean.leader.election.enable=true: a replica that lags may become leader, and confirmed records are then lost',
    );
  if (settings.get('compression.type') === 'producer')
    weaknesses.push(
      'has compression.type=producer: a compressed batch of more than 64 MiB becomes a single dead letter, and a large compressed record may not fit the store; set it to uncompressed',
    );
  if (settings.get('message.timestamp.type') === 'LogAppendTime')
    weaknesses.push(
      'has message.timestamp.type=LogAppendTime: its records do not carry the time at which they were accepted; set it to CreateTime',
    );
  const retention = Number(settings.get('retention.ms') ?? -1);
  if (retention >= 0 && retention < retentionMs)
    weaknesses.push(
      `has retention.ms=${retention}, less than the ${retentionMs} of the configuration: it deletes records sooner`,
    );
  const bytes = settings.get('retention.bytes') ?? '-1';
  if (Number(bytes) >= 0)
    weaknesses.push(
      `has retention.bytes=${bytes}: under load it deletes records before they are read; set it to -1`,
    );
  return weaknesses;
}

/** The settings of a topic by their names. */
export type TopicSettings = ReadonlyMap<string, string>;

/** How a topic is laid out. */
export interface TopicLayout {
  readonly partitions: number;
  readonly replicas: number;
  /** How many replicas must be in sync for a write to be confirmed. */
  readonly inSyncReplicas: number;
}

/** What one request carries of a partition, and the framing of the batch. A single activity is smaller: at most some 270 kB. */
export const publishedBytes = 1_000_000;
// What can't be read must fit the store as a dead letter, which takes 16 MiB.
const mostMessageBytes = 12 * 1024 * 1024;
// A record is as old as its publish has waited; the rest is for clocks that differ.
const leastTimestampRangeMs = 300_000;

/** Why the topic would lose or refuse what it is given; to be changed before it is used. */
export function faultsOf(settings: TopicSettings, layout: TopicLayout, leastMessageBytes: number): string[] {
  const { partitions, replicas, inSyncReplicas } = layout;
  const faults: string[] = [];
  if (partitions === 0) faults.push('it has no partitions');
  if (settings.get('cleanup.policy') !== 'delete')
    faults.push('its cleanup.policy must be delete, as compaction keeps only the last activity of each user');
  const largest = Number(settings.get('max.message.bytes'));
  if (!(largest >= leastMessageBytes && largest <= mostMessageBytes))
    faults.push(
      `its max.message.bytes is ${largest} and must be from ${leastMessageBytes} to ${mostMessageBytes}`,
    );
  if (inSyncReplicas > replicas)
    faults.push(
      `its min.insync.replicas is ${inSyncReplicas}, but it has only ${replicas} replicas, so every write fails`,
    );
  for (const name of ['message.timestamp.before.max.ms', 'message.timestamp.after.max.ms']) {
    const range = settings.get(name);
    if (range !== undefined && Number(range) < leastTimestampRangeMs)
      faults.push(
        `its ${name} is ${range} and must be at least ${leastTimestampRangeMs}, as clocks differ and a publish may wait`,
      );
  }
  return faults;
}

/** What is weak about the topic but works. */
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

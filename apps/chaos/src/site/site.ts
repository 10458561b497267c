import {
  type Kafka,
  type ReplicaSet,
  ServiceProcess,
  startKafka,
  startReplicaSet,
  TopicTools,
} from '@user-activity/test-kit';
import type { Random } from '../random.ts';
import type { Violation } from '../check/violation.ts';
import { type SelfEnd, Unit } from './unit.ts';

export const topic = 'user-activity';
export const group = 'user-activity-store';
export const database = 'user_activity';
export const partitions = 6;
const [apis, consumers] = [2, 3];
const breakagePreload = new URL('../breakage/preload.ts', import.meta.url).href;

/** The deployment under test: APIs and consumers, with Kafka and MongoDB behind proxies that can slow or cut connections. */
export class Site {
  readonly kafka: Kafka;
  readonly mongo: ReplicaSet;
  readonly tools: TopicTools;
  readonly apis: readonly Unit[];
  /** Four consumers. The last one runs only while `scale` has set their number to four. */
  readonly consumers: readonly Unit[];
  readonly selfEnds: SelfEnd[] = [];
  /** A sentence for each process that ended late or with an error after SIGTERM. */
  readonly badDrains: string[] = [];
  /**
   * The sum of the settled offsets of all partitions, read right after the last backup of the store. The store has handled every record of a
   * partition below its settled offset.
   */
  settledInBackup = 0;
  /** The number of committed records that the consumer group had to read again, because a restore of the store removed them. */
  unsettledByRestores = 0;

  private constructor(kafka: Kafka, mongo: ReplicaSet, tools: TopicTools, breakage: string | undefined) {
    this.kafka = kafka;
    this.mongo = mongo;
    this.tools = tools;
    const environment = {
      KAFKA_BROKERS: kafka.brokers.join(),
      KAFKA_TOPIC: topic,
      KAFKA_GROUP_ID: group,
      KAFKA_PARTITIONS: String(partitions),
      MONGODB_URI: mongo.uri,
      MONGODB_DATABASE: database,
      LOG_LEVEL: 'warn',
      ANONYMISATION_KEY: 'a-secret-of-the-chaos-harness-and-no-other',
      ...(breakage === undefined ? {} : { BREAKAGE: breakage }),
    };
    const unit = (
      app: 'api' | 'consumer',
      index: number,
      variables: Readonly<Record<string, string>>,
    ): Unit =>
      new Unit(
        `${app}-${index + 1}`,
        () =>
          new ServiceProcess({
            app,
            environment: { ...environment, ...variables },
            ...(breakage === undefined ? {} : { preload: breakagePreload }),
          }),
        (end) => this.selfEnds.push(end),
      );
    const timeouts = { PUBLISH_TIMEOUT_MS: '5000', QUERY_TIMEOUT_MS: '5000' };
    this.apis = Array.from({ length: apis }, (_, index) => unit('api', index, timeouts));
    this.consumers = Array.from({ length: consumers + 1 }, (_, index) => unit('consumer', index, {}));
  }

  /** Starts a deployment. If `breakage` is given, the service runs with the edits of this entry of `breakages`. */
  static async start(breakage: string | undefined): Promise<Site> {
    const starting = [startKafka({ brokers: 3, proxied: true }), startReplicaSet(3)] as const;
    try {
      const [kafka, mongo] = await Promise.all(starting);
      const site = new Site(kafka, mongo, await TopicTools.connect(kafka.directBrokers, topic), breakage);
      await Promise.all([site.scale(), ...site.apis.map((api) => api.start())]);
      return site;
    } catch (error) {
      for (const servers of starting) await servers.then((started) => started.stop()).catch(() => undefined);
      throw error;
    }
  }

  get units(): readonly Unit[] {
    return [...this.apis, ...this.consumers];
  }

  /** Returns the URL of an API that is ready. If no API is ready, returns a URL on which no server listens. */
  url(random: Random): string {
    const urls = this.apis.flatMap(({ url }) => (url === undefined ? [] : [url]));
    return urls.length === 0 ? 'http://127.0.0.1:1' : random.pick(urls);
  }

  /** Starts or stops consumers so that the first `count` of them run. Default: 3. */
  async scale(count: number = consumers): Promise<void> {
    await Promise.all(this.consumers.map((unit, index) => (index < count ? unit.start() : this.drain(unit))));
  }

  /** Ends the process of a unit by SIGTERM. Adds a sentence to `badDrains` if the process ends late or with an error. */
  async drain(unit: Unit): Promise<void> {
    const fault = await unit.drain();
    if (fault !== undefined) this.badDrains.push(fault);
  }

  /** Returns a violation for each entry of `badDrains`, and for each ready process that ended by itself. */
  violations(): readonly Violation[] {
    const ended = this.selfEnds.filter(({ wasReady }) => wasReady);
    return [
      ...this.badDrains.map((detail): Violation => ({ kind: 'drain', subject: 'process', detail })),
      ...ended.map(
        ({ name, code, output }): Violation => ({
          kind: 'ended',
          subject: name,
          detail: `the process ended by itself with exit code ${code}: ${output}`,
        }),
      ),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.units.map((unit) => unit.kill()));
    await this.tools.close();
    await Promise.all([this.kafka.stop(), this.mongo.stop()]);
  }
}

import { chmodSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { makeTopic, ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import type { Attack } from '../attack.ts';
import { residentKiB } from '../measure/memory.ts';
import type { ServiceLocation } from '../target.ts';
import type { Engines } from './engines.ts';

/** Options of the services that a run attacks. */
export interface HostOptions {
  /** The Kafka and MongoDB that the services use. Default: the embedded log and store. */
  readonly engines?: Engines;
  /** Whether the heap of V8 in the service is limited to 1 GiB. Default: false. */
  readonly hasSmallHeap?: boolean;
}

/** A running service. */
export interface Service {
  readonly process: ServiceProcess;
  readonly location: ServiceLocation;
  /** Returns whether the process has ended by itself. */
  readonly hasEnded: () => boolean;
}

/** A service that uses more memory is replaced before the next attack, because the attack could use that memory without measurable growth. */
const maxInitialKiB = 400 * 1024;

/** Runs the service for attacks, one process at a time. Replaces it if the next attack needs a different or a fresh service. */
export class ServiceHost {
  readonly #options: HostOptions;
  #runningService:
    | (Service & { readonly variablesJson: string; readonly stop: () => Promise<void> })
    | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Returns the running service if the attack can use it. Otherwise stops it and starts another service. */
  async serviceFor({
    environment = {},
    needsNewService,
  }: Pick<Attack, 'environment' | 'needsNewService'>): Promise<Service> {
    const variablesJson = JSON.stringify(environment);
    const running = this.#runningService;
    if (running?.variablesJson === variablesJson && !needsNewService && !running.hasEnded()) {
      if (residentKiB(running.process.pid, 'VmRSS') < maxInitialKiB) return running;
    }
    await this.stop();
    return this.#start(environment, variablesJson);
  }

  async stop(): Promise<void> {
    await this.#runningService?.stop();
    this.#runningService = undefined;
  }

  async #start(attackVariables: Readonly<Record<string, string>>, variablesJson: string): Promise<Service> {
    const { engines, hasSmallHeap = false } = this.#options;
    const folder = temporaryFolder('hostile');
    // Lets other users enter the folder, as they can enter most folders. By default, only its owner can enter a temporary folder.
    chmodSync(folder.path, 0o755);
    const name = `hostile-${randomBytes(4).toString('hex')}`;
    const environment = {
      LOG_LEVEL: 'warn',
      ...(hasSmallHeap ? { NODE_OPTIONS: '--max-old-space-size=1024' } : {}),
      ...(engines === undefined
        ? {}
        : {
            KAFKA_BROKERS: engines.brokers.join(),
            KAFKA_TOPIC: name,
            KAFKA_GROUP_ID: name,
            KAFKA_PARTITIONS: '1',
            MONGODB_URI: engines.mongodbUri,
            MONGODB_DATABASE: name,
          }),
      ...attackVariables,
    };
    // With this default, the broker keeps batches as the producer compressed them.
    if (engines !== undefined)
      await makeTopic(engines.brokers, name, { partitions: 1, settings: { 'compression.type': 'producer' } });
    const process = new ServiceProcess({ folder: folder.path, environment });
    const stop = async (): Promise<void> => {
      await process.end('SIGKILL');
      folder.remove();
    };
    let hasEnded = false;
    void process.exited.then(() => {
      hasEnded = true;
    });
    const url = await process.ready().catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    const [key] = (attackVariables['API_KEYS'] ?? '').split(',');
    const location = {
      port: Number(new URL(url).port),
      folder: folder.path,
      ...(key ? { key } : {}),
      ...(engines === undefined ? {} : { kafka: { brokers: engines.brokers, topic: name } }),
    };
    this.#runningService = { process, location, variablesJson, stop, hasEnded: () => hasEnded };
    return this.#runningService;
  }
}

import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface SlotOptions {
  readonly max: number;
  /** The beginning of the names of the metrics. */
  readonly name: string;
  /** Describes the requests that have a slot, for the metrics. */
  readonly description: string;
  /** Names the requests in the message of a refusal, after their number. */
  readonly noun: string;
}

/** A fixed number of slots for requests of one kind, which limits how many of them the process serves at once. */
export class RequestSlots {
  readonly #options: SlotOptions;
  #taken = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Adds the metrics of the slots to the meter of the process, which must exist before. */
  registerMetrics(): void {
    const { name, max, description, noun } = this.#options;
    const gauge = (gaugeName: string, text: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${gaugeName}`, { unit: '{request}', description: text })
        .addCallback((result) => result.observe(value()));
    gauge(name, description, () => this.#taken);
    gauge(`${name}_limit`, `Maximum of ${noun}; more are refused`, () => max);
  }

  /**
   * Takes a slot until the response is sent or its connection is closed. Throws PROCESS_BUSY if no slot is free, or if the client is gone.
   */
  take({ connection, raw: { socket } }: FastifyRequest, { raw: reply }: FastifyReply): void {
    const { max, noun } = this.#options;
    // A closed connection emits no further event that would free the slot.
    if (socket.destroyed) throw new DomainError('PROCESS_BUSY', 'The client is gone.');
    if (this.#taken >= max)
      throw new DomainError(
        'PROCESS_BUSY',
        `The service already has ${max} ${noun}, which is its maximum. Try again later.`,
      );
    this.#taken += 1;
    let isTaken = true;
    const release = (): void => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
      connection.remove(slot);
    };
    const slot = { endWithConnection: release };
    connection.add(slot);
    reply.once('close', release);
  }
}

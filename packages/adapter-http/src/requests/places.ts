import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface PlacesOptions {
  readonly max: number;
  /** Begins the names of the metrics. */
  readonly name: string;
  /** Describes the requests that have a place, for the metrics. */
  readonly description: string;
  /** What the requests are, for the message of a refusal. */
  readonly noun: string;
}

/** Limits how many requests of one kind the process serves at once. */
export class Places {
  readonly #options: PlacesOptions;
  #taken = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Adds the metrics of the places to the meter of the process, which must exist before. */
  measure(): void {
    const { name, max, description, noun } = this.#options;
    const gauge = (gaugeName: string, text: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${gaugeName}`, { unit: '{request}', description: text })
        .addCallback((result) => result.observe(value()));
    gauge(name, description, () => this.#taken);
    gauge(`${name}_limit`, `Maximum of ${noun}; more are refused`, () => max);
  }

  /** Takes a place until the response is sent or its connection is closed. Throws PROCESS_BUSY if there is none, or the client is gone. */
  take({ connection, raw: { socket } }: FastifyRequest, { raw: reply }: FastifyReply): void {
    const { max, noun } = this.#options;
    // Such a connection emits no further event that would free the place.
    if (socket.destroyed) throw new DomainError('PROCESS_BUSY', 'The client is gone.');
    if (this.#taken >= max)
      throw new DomainError(
        'PROCESS_BUSY',
        `The service already has its maximum of ${max} ${noun}. Try again later.`,
      );
    this.#taken += 1;
    let isTaken = true;
    const release = (): void => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
      connection.remove(place);
    };
    const place = { endWithConnection: release };
    connection.add(place);
    reply.once('close', release);
  }
}

import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Limits how many requests of the process wait for news at once. */
class ReaderPlaces {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Adds the metrics of the places to the meter of the process, which must exist before. */
  measure(): void {
    const gauge = (name: string, description: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${name}`, { unit: '{request}', description })
        .addCallback((result) => result.observe(value()));
    gauge('waiting_readers', 'Streams and pages of the feed that wait for news', () => this.#taken);
    gauge('waiting_readers_limit', 'Maximum of waiting readers; more are refused', () => this.#max);
  }

  /** Takes a place until the response is sent or its connection is closed. Throws PROCESS_BUSY if there is none, or the client is gone. */
  take({ connection, raw: { socket } }: FastifyRequest, { raw: reply }: FastifyReply): void {
    // Such a connection emits no further event that would free the place.
    if (socket.destroyed) throw new DomainError('PROCESS_BUSY', 'The client is gone.');
    if (this.#taken >= this.#max)
      throw new DomainError(
        'PROCESS_BUSY',
        `The service already has its maximum of ${this.#max} readers that wait for news. Try again later.`,
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

/** All streams, and all pages with `wait`, of this process. */
export const readerPlaces = new ReaderPlaces(1000);

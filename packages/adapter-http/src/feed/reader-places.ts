import { DomainError } from '@user-activity/domain';
import type { FastifyReply } from 'fastify';

/** Limits how many requests of the process wait for news at once. */
class ReaderPlaces {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place until the response is sent or its connection is closed. Throws PROCESS_BUSY if there is none. */
  take({ raw }: FastifyReply): void {
    if (this.#taken >= this.#max)
      throw new DomainError(
        'PROCESS_BUSY',
        `The service already has its maximum of ${this.#max} readers that wait for news. Try again later.`,
      );
    this.#taken += 1;
    raw.once('close', () => {
      this.#taken -= 1;
    });
  }
}

/** All streams, and all pages with `wait`, of this process. */
export const readerPlaces = new ReaderPlaces(1000);

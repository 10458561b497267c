import type { Answer } from './answer.ts';
import { ask, type Question } from './wire/ask.ts';
import { RawConnection } from './wire/raw-connection.ts';

/** Where a service is, for an attack. */
export interface Place {
  readonly port: number;
  readonly folder: string;
  readonly key?: string;
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string };
}

/** What an attack aims at, and what it was answered. */
export class Target {
  readonly place: Place;
  readonly answers: Answer[] = [];
  readonly connections: RawConnection[] = [];
  readonly #asking = new AbortController();

  constructor(place: Place) {
    this.place = place;
  }

  /** Sends a request and reads its answer to the end. A broken connection is status 0. */
  async ask(question: Question): Promise<Answer> {
    const answer = await ask(this.place.port, question, this.#asking.signal);
    this.answers.push(answer);
    return answer;
  }

  /** Sends many of them at once. */
  askAll(questions: readonly Question[]): Promise<readonly Answer[]> {
    return Promise.all(questions.map((question) => this.ask(question)));
  }

  /** A connection for bytes of any kind. */
  open(): Promise<RawConnection> {
    const connection = new RawConnection(this.place.port);
    this.connections.push(connection);
    return connection.opened;
  }

  /** Breaks everything off that is still going on. */
  close(): void {
    this.#asking.abort();
    for (const connection of this.connections) connection.close();
  }
}

import type { Answer } from './answer.ts';
import { ask, type Question } from './wire/ask.ts';
import { RawConnection } from './wire/raw-connection.ts';

/** The address of a service, and the location of its data. */
export interface Place {
  readonly port: number;
  readonly folder: string;
  readonly key?: string;
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string };
}

/** The service that an attack is sent to, and its answers so far. */
export class Target {
  readonly place: Place;
  readonly answers: Answer[] = [];
  readonly connections: RawConnection[] = [];
  readonly #requests = new AbortController();

  constructor(place: Place) {
    this.place = place;
  }

  /** Sends a request and reads the whole answer. The status is 0 if the connection broke. */
  async ask(question: Question): Promise<Answer> {
    const answer = await ask(this.place.port, question, this.#requests.signal);
    this.answers.push(answer);
    return answer;
  }

  /** Sends many requests at once. */
  askAll(questions: readonly Question[]): Promise<readonly Answer[]> {
    return Promise.all(questions.map((question) => this.ask(question)));
  }

  /** Opens a connection for any bytes. */
  open(): Promise<RawConnection> {
    const connection = new RawConnection(this.place.port);
    this.connections.push(connection);
    return connection.opened;
  }

  /** Aborts all requests and closes all connections. */
  close(): void {
    this.#requests.abort();
    for (const connection of this.connections) connection.close();
  }
}

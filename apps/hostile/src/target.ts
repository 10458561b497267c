import type { HttpResponse } from './http-response.ts';
import { type HttpRequest, sendRequest } from './wire/send-request.ts';
import { RawConnection } from './wire/raw-connection.ts';

/** The port and the API key of a service, and where its data is. */
export interface ServiceLocation {
  readonly port: number;
  readonly folder: string;
  readonly key?: string;
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string };
}

/** The service that an attack is sent to. Collects its responses. */
export class Target {
  readonly location: ServiceLocation;
  readonly responses: HttpResponse[] = [];
  readonly connections: RawConnection[] = [];
  readonly #requests = new AbortController();

  constructor(location: ServiceLocation) {
    this.location = location;
  }

  /** Sends a request and reads the whole response. The status is 0 if the connection broke. */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const response = await sendRequest(this.location.port, request, this.#requests.signal);
    this.responses.push(response);
    return response;
  }

  /** Sends many requests at once. */
  requestAll(requests: readonly HttpRequest[]): Promise<readonly HttpResponse[]> {
    return Promise.all(requests.map((request) => this.request(request)));
  }

  /** Opens a connection that can send any bytes, also malformed HTTP. */
  open(): Promise<RawConnection> {
    const connection = new RawConnection(this.location.port);
    this.connections.push(connection);
    return connection.opened;
  }

  /** Aborts all requests and closes all connections. */
  close(): void {
    this.#requests.abort();
    for (const connection of this.connections) connection.close();
  }
}

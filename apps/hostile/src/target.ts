import type { HttpResponse } from './http-response.ts';
import { type HttpRequest, sendRequest } from './wire/send-request.ts';
import { RawConnection } from './wire/raw-connection.ts';

/** Where a service listens and keeps its data, and the API key for it. */
export interface ServiceLocation {
  readonly port: number;
  readonly folder: string;
  readonly key?: string;
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string };
}

/** The service under attack. Sends requests to it, and collects its responses and the connections to it. */
export class Target {
  readonly location: ServiceLocation;
  readonly responses: HttpResponse[] = [];
  readonly connections: RawConnection[] = [];
  readonly #requests = new AbortController();

  constructor(location: ServiceLocation) {
    this.location = location;
  }

  /** Sends a request and reads the whole response. The status is 0 if the connection ends before a response. */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const response = await sendRequest(this.location.port, request, this.#requests.signal);
    this.responses.push(response);
    return response;
  }

  /** Sends many requests at once. */
  requestAll(requests: readonly HttpRequest[]): Promise<readonly HttpResponse[]> {
    return Promise.all(requests.map((request) => this.request(request)));
  }

  /** Opens a connection that can send any bytes, including malformed HTTP. */
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

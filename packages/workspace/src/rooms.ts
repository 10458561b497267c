/** A folder in the sources of a package. */
export interface Room {
  readonly of: string;
  readonly name: string;
  /** The rooms of the same package that it may import. */
  readonly to: readonly string[];
  readonly because: string;
}

/** The rooms of every package that has some. Files beside the rooms import rooms, and no room imports them. */
export const rooms: readonly Room[] = [
  {
    of: 'adapter-http',
    name: 'openapi',
    to: [],
    because: 'a schema describes an answer and does not depend on the route that gives it',
  },
  {
    of: 'adapter-http',
    name: 'requests',
    to: [],
    because: 'headers, connections and limits are judged before any body is read',
  },
  {
    of: 'adapter-http',
    name: 'query',
    to: ['openapi', 'requests'],
    because: 'a parameter has the same meaning on every route',
  },
  {
    of: 'adapter-http',
    name: 'bodies',
    to: ['query', 'openapi', 'requests'],
    because: 'every route reads its body in the same way',
  },
  {
    of: 'adapter-http',
    name: 'cloud-events',
    to: ['bodies', 'query', 'openapi', 'requests'],
    because: 'no other room knows this foreign format, so it can be removed as a whole',
  },
  {
    of: 'adapter-http',
    name: 'segment',
    to: ['bodies', 'query', 'openapi', 'requests'],
    because: 'no other room knows this foreign format, so it can be removed as a whole',
  },
  {
    of: 'adapter-http',
    name: 'routes',
    to: ['bodies', 'query', 'openapi', 'requests'],
    because: 'a route serves no other room: what two routes share belongs in another room',
  },
  {
    of: 'adapter-sqlite',
    name: 'protocol',
    to: [],
    because: 'both sides of a thread read it, so it can belong to neither',
  },
  {
    of: 'adapter-sqlite',
    name: 'reader',
    to: ['protocol'],
    because: 'the threads that read never write, and do not know who asks',
  },
  {
    of: 'adapter-sqlite',
    name: 'writer',
    to: ['protocol'],
    because: 'the thread that writes answers no questions, and does not know who asks',
  },
  {
    of: 'adapter-sqlite',
    name: 'ports',
    to: ['protocol', 'reader', 'writer'],
    because: 'the ports hand work to the threads; only the door of the package lies beside them',
  },
];

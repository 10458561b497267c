/** A folder in the sources of a package, and the other folders that it may import. */
export interface Room {
  readonly packageName: string;
  readonly name: string;
  /** The rooms of the same package that it may import. */
  readonly mayImport: readonly string[];
  readonly reason: string;
}

/** The rooms of all packages. Files outside of the rooms may import rooms, but no room may import these files. */
export const rooms: readonly Room[] = [
  {
    packageName: 'adapter-http',
    name: 'openapi',
    mayImport: [],
    reason: 'a schema describes an answer and does not depend on the route that gives it',
  },
  {
    packageName: 'adapter-http',
    name: 'requests',
    mayImport: [],
    reason: 'headers, connections and limits are checked before any body is read',
  },
  {
    packageName: 'adapter-http',
    name: 'query',
    mayImport: ['openapi', 'requests'],
    reason: 'a parameter has the same meaning on every route',
  },
  {
    packageName: 'adapter-http',
    name: 'bodies',
    mayImport: ['query', 'openapi', 'requests'],
    reason: 'every route reads its body in the same way',
  },
  {
    packageName: 'adapter-http',
    name: 'feed',
    mayImport: ['bodies', 'query', 'openapi', 'requests'],
    reason: 'only its routes know positions in the feed',
  },
  {
    packageName: 'adapter-http',
    name: 'export',
    mayImport: ['bodies', 'query', 'openapi', 'requests'],
    reason: 'only its route knows file formats, and sends a body page by page',
  },
  {
    packageName: 'adapter-http',
    name: 'cloud-events',
    mayImport: ['bodies', 'query', 'openapi', 'requests'],
    reason: 'no other room knows this foreign format, so it can be removed as a whole',
  },
  {
    packageName: 'adapter-http',
    name: 'segment',
    mayImport: ['bodies', 'query', 'openapi', 'requests'],
    reason: 'no other room knows this foreign format, so it can be removed as a whole',
  },
  {
    packageName: 'adapter-http',
    name: 'routes',
    mayImport: ['bodies', 'query', 'openapi', 'requests'],
    reason: 'no other room imports a route: code that two routes share belongs in another room',
  },
  {
    packageName: 'client',
    name: 'shared',
    mayImport: [],
    reason: 'every room uses it, so it knows none of them',
  },
  {
    packageName: 'client',
    name: 'api',
    mayImport: [],
    reason: 'these types only describe requests and responses of the service, so they need no other code',
  },
  {
    packageName: 'client',
    name: 'http',
    mayImport: ['api', 'shared'],
    reason: 'how a request is sent does not depend on its purpose',
  },
  {
    packageName: 'client',
    name: 'sending',
    mayImport: ['http', 'api', 'shared'],
    reason: 'a program that only reads needs no queue',
  },
  {
    packageName: 'client',
    name: 'reading',
    mayImport: ['http', 'api', 'shared'],
    reason: 'a program that only logs needs no pages, feeds or streams',
  },
  {
    packageName: 'client',
    name: 'health',
    mayImport: ['http', 'api'],
    reason: 'a program that logs or reads does not ask for the health of the service',
  },
  {
    packageName: 'client',
    name: 'node',
    mayImport: ['sending', 'shared'],
    reason: 'a spool is a queue on a disk, and knows nothing of requests',
  },
  {
    packageName: 'adapter-sqlite',
    name: 'protocol',
    mayImport: [],
    reason: 'both the threads and their callers import it, so it belongs to neither',
  },
  {
    packageName: 'adapter-sqlite',
    name: 'reader',
    mayImport: ['protocol'],
    reason: 'the threads that read do not write, and do not know their callers',
  },
  {
    packageName: 'adapter-sqlite',
    name: 'writer',
    mayImport: ['protocol'],
    reason: 'the thread that writes answers no queries, and does not know its callers',
  },
  {
    packageName: 'adapter-sqlite',
    name: 'ports',
    mayImport: ['protocol', 'reader', 'writer'],
    reason: 'the ports give jobs to the threads; only the entry point of the package is outside of the rooms',
  },
];

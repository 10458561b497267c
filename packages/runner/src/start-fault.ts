/** The names of the errors of JavaScript and Node. Their messages do not tell an operator what to do. */
const builtInErrorNames: ReadonlySet<string> = new Set([
  'Error',
  'AggregateError',
  'AssertionError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]);

/**
 * Returns one line that says why a process can't start and which variable to change. Returns undefined for a bug, because its
 * stack is more useful than its message.
 */
export function startFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return listenFault(error) ?? (builtInErrorNames.has(error.name) ? undefined : error.message);
}

/** Returns a line if a server could not listen because of the error, otherwise undefined. */
function listenFault(error: Error): string | undefined {
  const { code, syscall, port, address, hostname } = Object.fromEntries<unknown>(Object.entries(error));
  if (syscall === 'getaddrinfo')
    return `HOST ${String(hostname)} has no address; set HOST to a name or an IP address of this machine`;
  if (syscall !== 'listen') return undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${String(port)} is in use; stop the other process or set PORT`;
    case 'EACCES':
      return `port ${String(port)} needs more rights than this process has; set PORT to a number from 1024`;
    case 'EADDRNOTAVAIL':
      return `${String(address)} is not an address of this machine; set HOST`;
    default:
      return `cannot listen on ${String(address)}, port ${String(port)} (${String(code)}); check HOST and PORT`;
  }
}

/** Names of errors that do not say what to do: those of the language and of Node. */
const unexplained: ReadonlySet<string> = new Set([
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
 * One line that says what keeps a process from starting and which variable to change. Returns undefined for a bug, whose stack
 * is worth more than its message.
 */
export function startFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return listenFault(error) ?? (unexplained.has(error.name) ? undefined : error.message);
}

/** Why a server can't listen, from the system's error. */
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

import type { FastifyBaseLogger } from 'fastify';

/** A logger that keeps its lines as JSON, with the message and the stack of errors. */
export function recordingLogger(): { readonly logger: FastifyBaseLogger; readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string, bindings: object) => (what: unknown, message?: unknown) => {
    lines.push(JSON.stringify({ level, ...bindings, what: spelt(what), message }));
  };
  const make = (bindings: object): FastifyBaseLogger => ({
    level: 'trace',
    fatal: at('fatal', bindings),
    error: at('error', bindings),
    warn: at('warn', bindings),
    info: at('info', bindings),
    debug: at('debug', bindings),
    trace: at('trace', bindings),
    silent: () => undefined,
    child: (more: object) => make({ ...bindings, ...more }),
  });
  return { logger: make({}), lines };
}

function spelt(what: unknown): unknown {
  if (what instanceof Error)
    return { name: what.name, message: what.message, stack: what.stack, cause: spelt(what.cause) };
  if (typeof what !== 'object' || what === null) return what;
  return Object.fromEntries(Object.entries(what).map(([key, value]) => [key, spelt(value)]));
}

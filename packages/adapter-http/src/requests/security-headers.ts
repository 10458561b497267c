import { Socket } from 'node:net';
import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from './node-http.ts';

/**
 * The security headers of every response, as Helmet sets them. They are computed once, because Helmet computes them anew for each
 * request, which takes longer than all checks of a request.
 */
export const securityHeaders: Readonly<Record<string, string>> = Object.freeze(
  headersOf(
    helmet({
      // Responses are data. The pages at /docs have a policy of their own, which replaces this one.
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
      // The service speaks plain HTTP, where browsers must ignore this header. The proxy that adds TLS sets it.
      strictTransportSecurity: false,
      // On plain HTTP, browsers ignore these two, and report them as faults.
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      // Only browsers and plug-ins that are no longer supported read these four: Internet Explorer, Flash, and the old XSS filters. The
      // responses are data without links, so there is nothing to prefetch.
      dnsPrefetchControl: false,
      ieNoOpen: false,
      permittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  ),
);

/**
 * The header that a route needs so that pages of other origins can send requests without CORS, as `navigator.sendBeacon` does, and see that
 * they succeed.
 */
export const crossOriginHeaders: Readonly<Record<string, string>> = {
  'cross-origin-resource-policy': 'cross-origin',
};

/** Returns the headers that a middleware sets. */
function headersOf(middleware: ReturnType<typeof helmet>): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  middleware(request, response, (error) => {
    if (error instanceof Error) throw error;
  });
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}

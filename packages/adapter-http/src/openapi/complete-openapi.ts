import { ProjectId } from '@user-activity/domain';
import { withComponents } from './component-schemas.ts';
import { withPlainSchemas } from './plain-schemas.ts';
import { asStrings, asPart, mapValues, type Part } from './part.ts';
import { projectPattern, projectRule } from './project-name.ts';
import { exampleOf } from './schema-example.ts';
import { problemContent } from './schemas.ts';

// An import of `node:http` would slow down each start: ../requests/node-http.ts says why.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

const problemType = 'application/problem+json';
const reference = (kind: string, name: string): Part => ({ $ref: `#/components/${kind}/${name}` });

const header = (description: string, example: string, required?: true): Part => ({
  description,
  ...(required && { required }),
  schema: { type: 'string', examples: [example] },
});

const headers = {
  RequestId: header(
    'The id that the service logs with the request: the X-Request-Id of the request, or a new id.',
    '3ae76c32-7320-456b-b146-e5b975ae68c1',
  ),
  RetryAfter: {
    description:
      'The number of seconds to wait before you send the request again (RFC 9110, section 10.2.3).',
    schema: { type: 'string', pattern: '^[0-9]+$', examples: ['5'] },
  },
  Authenticate: header('How to send a key (RFC 9110, section 11.6.1).', 'Bearer realm="user-activity"', true),
  AcceptPost: header(
    'The accepted media types (Linked Data Platform 1.0, section 7.1).',
    'application/json',
    true,
  ),
  RateLimit: header(
    'What is left of each limit of the key and of the project (`r`), and the number of seconds until there is more (`t`): draft-ietf-httpapi-ratelimit-headers-10.',
    '"key-itemsPerSecond";r=0;t=3',
  ),
  RateLimitPolicy: header(
    'The limits of the key and of the project: how much can be used at once (`q`), its unit (`qu`), and the number of seconds until all of it is available again (`w`).',
    '"key-itemsPerSecond";q=2500;qu="items";w=5',
  ),
  Allow: header('The methods of the path (RFC 9110, section 10.2.1).', 'GET, HEAD, POST', true),
};

const headersByStatus: Readonly<Record<number, Part>> = {
  401: { 'WWW-Authenticate': reference('headers', 'Authenticate') },
  405: { Allow: reference('headers', 'Allow') },
  409: { 'Retry-After': reference('headers', 'RetryAfter') },
  415: { 'Accept-Post': reference('headers', 'AcceptPost') },
  429: {
    'Retry-After': reference('headers', 'RetryAfter'),
    RateLimit: reference('headers', 'RateLimit'),
    'RateLimit-Policy': reference('headers', 'RateLimitPolicy'),
  },
  503: { 'Retry-After': reference('headers', 'RetryAfter') },
};

const requestId = {
  name: 'X-Request-Id',
  in: 'header',
  description:
    'The id of the request: 1-128 printable ASCII characters without spaces. The service makes a new one if it is absent or invalid.',
  schema: { type: 'string', examples: ['checkout-7f3a'] },
};

const projectHeader = (projects: string, pattern: string): Part => ({
  name: 'X-Project',
  in: 'header',
  description:
    `The project of the request: ${projects}. Default: \`${ProjectId.default}\`. Projects see nothing of each other, and an id is ` +
    'unique only within its project.',
  // Has no default and no example: with either, generated clients and the documentation page would always send the header.
  schema: { type: 'string', pattern },
});

const parameters = {
  RequestId: requestId,
  Project: projectHeader(projectRule, `^${projectPattern}$`),
  ReadableProject: projectHeader(
    `${projectRule}; or \`${ProjectId.system}\`, which has the activities of the service itself, and the dead letters that belong to no other project`,
    `^(?:${projectPattern}|${ProjectId.system})$`,
  ),
};

const projectParameters = new Map<unknown, readonly Part[]>([
  ['writable', [reference('parameters', 'Project')]],
  ['readable', [reference('parameters', 'ReadableProject')]],
]);

/** Adds examples, and the parameters, headers and responses that all routes share. Moves schemas with a name to the components. */
export function completeOpenApi(document: Part): Part {
  const completed = {
    ...document,
    paths: mapValues(document['paths'], (path) => mapValues(path, completeOperation)),
    components: {
      ...asPart(document['components']),
      parameters,
      headers,
      responses: {
        MethodNotAllowed: problem(405, 'The path does not have this method.'),
        TooManyRequests: problem(
          429,
          'The API key or the project has reached a limit, and nothing was stored. `detail` names the limit. Or the address of the client has sent too many invalid API keys.',
        ),
        RequestHeaderFieldsTooLarge: problem(431, 'The request line and the headers are larger than 16 KiB.'),
      },
    },
  };
  return withComponents(withPlainSchemas(completed));
}

const problem = (status: number, description: string): Part =>
  completeResponse(status, { description, content: problemContent });

function completeOperation(source: unknown): Part {
  const { requestBody, parameters: listed, ...described } = asPart(source);
  const { 'x-optional-body': optional, 'x-projects': projects, ...operation } = described;
  const ownParameters: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const { content, ...body } = asPart(requestBody);
  return {
    ...operation,
    parameters: [
      ...ownParameters,
      ...(projectParameters.get(projects) ?? []),
      reference('parameters', 'RequestId'),
    ],
    ...(content === undefined
      ? {}
      : { requestBody: { ...body, required: optional !== true, content: mapValues(content, withExample) } }),
    responses: {
      ...mapValues(operation['responses'], (response, status) =>
        completeResponse(Number(status), asPart(response), exampleViolationOf(content)),
      ),
      405: reference('responses', 'MethodNotAllowed'),
      ...('401' in asPart(operation['responses']) && { 429: reference('responses', 'TooManyRequests') }),
      431: reference('responses', 'RequestHeaderFieldsTooLarge'),
    },
  };
}

function completeResponse(status: number, response: Part, exampleViolation?: Part): Part {
  const { description } = response;
  const content = asPart(response['content']);
  const example = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: description,
    errors: status === 422 && exampleViolation !== undefined ? [exampleViolation] : [],
  };
  return {
    ...response,
    description: description === 'Default Response' ? STATUS_CODES[status] : description,
    headers: {
      ...asPart(response['headers']),
      // Node answers 431 before the request has an id.
      ...(status === 431 ? {} : { 'X-Request-Id': reference('headers', 'RequestId') }),
      ...(problemType in content ? headersByStatus[status] : {}),
    },
    content: mapValues(content, (media, type) =>
      type === problemType ? { ...asPart(media), example } : withExample(media),
    ),
  };
}

/** Makes an example of a violation in a body: a missing member, or an unknown member if the schema requires no members. */
function exampleViolationOf(content: unknown): Part {
  const [media] = Object.values(asPart(content));
  const schema = asPart(asPart(media)['schema']);
  const parent = 'items' in schema ? '/0' : '';
  const [name] = asStrings(asPart(schema['items'] ?? schema)['required']);
  return name === undefined
    ? { path: `${parent}/extra`, message: 'is not a known field' }
    : { path: `${parent}/${name}`, message: 'is required' };
}

function withExample(media: unknown): Part {
  const part = asPart(media);
  return 'example' in part || 'examples' in part ? part : { ...part, example: exampleOf(part['schema']) };
}

import { STATUS_CODES } from 'node:http';
import { withComponents } from './component-schemas.ts';
import { withPlainSchemas } from './plain-schemas.ts';
import { exampleOf, isPart, type Part } from './schema-example.ts';
import { problemContent } from './schemas.ts';

const problemType = 'application/problem+json';
const { schema: problemSchema } = problemContent[problemType];
const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'options']);
const reference = (kind: string, name: string): Part => ({ $ref: `#/components/${kind}/${name}` });

const requiredHeader = (description: string, example: string): Part => ({
  description,
  required: true,
  schema: { type: 'string', examples: [example] },
});

const headers = {
  RequestId: {
    description:
      'The id of the request in the log of the service: the one that the caller sent, or a new one.',
    schema: { type: 'string', examples: ['3ae76c32-7320-456b-b146-e5b975ae68c1'] },
  },
  RetryAfter: {
    description: 'Seconds to wait before you try again (RFC 9110, section 10.2.3).',
    schema: { type: 'string', pattern: '^[0-9]+$', examples: ['5'] },
  },
  Authenticate: requiredHeader(
    'How to send a key (RFC 9110, section 11.6.1).',
    'Bearer realm="user-activity"',
  ),
  AcceptPost: requiredHeader(
    'The media types that the route takes (Linked Data Platform 1.0, section 7.1).',
    'application/json',
  ),
  Allow: requiredHeader('The methods of the path (RFC 9110, section 10.2.1).', 'GET, HEAD, POST'),
};

const refusalHeaders: Readonly<Record<number, Part>> = {
  401: { 'WWW-Authenticate': reference('headers', 'Authenticate') },
  405: { Allow: reference('headers', 'Allow') },
  409: { 'Retry-After': reference('headers', 'RetryAfter') },
  415: { 'Accept-Post': reference('headers', 'AcceptPost') },
  503: { 'Retry-After': reference('headers', 'RetryAfter') },
};

const requestId = {
  name: 'X-Request-Id',
  in: 'header',
  description:
    'The id of the request: 1-128 printable ASCII characters without spaces. The service makes a new one if it is absent or invalid.',
  schema: { type: 'string', examples: ['checkout-7f3a'] },
};

/** Adds everything that all routes have in common, and examples. Named schemas become components. */
export function completeOpenApi(document: Part): Part {
  const { paths, components } = document;
  const whole = {
    ...document,
    paths: mapValues(isPart(paths) ? paths : {}, completePath),
    components: {
      ...(isPart(components) ? components : {}),
      parameters: { RequestId: requestId },
      headers,
      responses: {
        MethodNotAllowed: refusalOf(405, 'The path does not have this method.'),
        RequestHeaderFieldsTooLarge: refusalOf(
          431,
          'The request line and the headers are larger than 16 KiB.',
        ),
      },
    },
  };
  return withComponents(withPlainSchemas(whole));
}

const refusalOf = (status: number, description: string): Part =>
  completeResponse(status, { description, content: { [problemType]: { schema: problemSchema } } });

const completePath = (path: unknown): Part => ({
  ...(isPart(path) ? path : {}),
  ...Object.fromEntries(
    operationsOf(path).map(([method, operation]) => [method, completeOperation(operation)]),
  ),
});

function completeOperation(whole: Part): Part {
  const { requestBody, parameters, 'x-optional-body': optional, ...operation } = whole;
  const own: readonly unknown[] = Array.isArray(parameters) ? parameters : [];
  return {
    ...operation,
    parameters: [...own, reference('parameters', 'RequestId')],
    ...(isPart(requestBody)
      ? {
          requestBody: {
            ...requestBody,
            required: optional !== true,
            content: mapValues(partOf(requestBody, 'content'), withExample),
          },
        }
      : {}),
    responses: {
      ...mapValues(partOf(operation, 'responses'), (response, status) =>
        completeResponse(Number(status), isPart(response) ? response : {}, faultIn(requestBody)),
      ),
      405: reference('responses', 'MethodNotAllowed'),
      431: reference('responses', 'RequestHeaderFieldsTooLarge'),
    },
  };
}

function completeResponse(status: number, response: Part, fault?: Part): Part {
  const content = partOf(response, 'content');
  const example = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: response['description'],
    errors: status === 422 && fault !== undefined ? [fault] : [],
  };
  return {
    ...response,
    description:
      response['description'] === 'Default Response' ? STATUS_CODES[status] : response['description'],
    headers: {
      ...partOf(response, 'headers'),
      // Node answers 431 before the request has an id.
      ...(status === 431 ? {} : { 'X-Request-Id': reference('headers', 'RequestId') }),
      ...(problemType in content ? refusalHeaders[status] : {}),
    },
    content: mapValues(content, (media, type) =>
      type === problemType ? { ...(isPart(media) ? media : {}), example } : withExample(media),
    ),
  };
}

/** An example of a violation in a body of the first media type: a missing member, or an unknown one if none is required. */
function faultIn(requestBody: unknown): Part {
  const [media] = Object.values(partOf(requestBody, 'content'));
  const schema = partOf(media, 'schema');
  const items = partOf(schema, 'items');
  const { required } = 'items' in schema ? items : schema;
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const [name] = names;
  return {
    path: `${'items' in schema ? '/0' : ''}/${typeof name === 'string' ? name : 'extra'}`,
    message: typeof name === 'string' ? 'is required' : 'is not a known field',
  };
}

function withExample(media: unknown): Part {
  if (!isPart(media)) return {};
  return 'example' in media || 'examples' in media
    ? media
    : { ...media, example: exampleOf(media['schema']) };
}

const operationsOf = (path: unknown): [string, Part][] =>
  Object.entries(isPart(path) ? path : {}).flatMap(([method, operation]) =>
    methods.has(method) && isPart(operation) ? [[method, operation]] : [],
  );

function partOf(whole: unknown, name: string): Part {
  const part = isPart(whole) ? whole[name] : undefined;
  return isPart(part) ? part : {};
}

const mapValues = (whole: Part, change: (value: unknown, key: string) => unknown): Part =>
  Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, change(value, key)]));

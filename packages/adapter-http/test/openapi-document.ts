import { buildFastify } from '../src/build-server.ts';
import { onMemory } from './service.ts';

/** An operation as the document describes it, with the parameters of its path. */
export interface Operation {
  readonly name: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema?: { readonly pattern?: string };
  readonly example?: string;
}

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Response {
  readonly $ref?: string;
  readonly description: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, Media>>;
}

interface Schema {
  readonly properties?: Readonly<Record<string, object>>;
  readonly additionalProperties?: unknown;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'name'>>>>>;
  readonly components: object & {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

/** Returns the OpenAPI document of a service. */
export async function documentOf(apiKeys: readonly string[] = []): Promise<OpenApiDocument> {
  const app = await buildFastify(onMemory({ apiKeys }).options);
  const [key] = apiKeys;
  const answer = await app.inject({
    url: '/openapi.json',
    headers: key === undefined ? {} : { 'x-api-key': key },
  });
  await app.close();
  return answer.json();
}

export const operationsOf = ({ paths }: OpenApiDocument): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );

/** Returns every example of a body, with its schema. */
export function examplesOf(
  document: OpenApiDocument,
): readonly { where: string; schema: object; value: unknown }[] {
  return operationsOf(document).flatMap(({ name, requestBody, responses }) => {
    const bodies: [string, Readonly<Record<string, Media>>][] = Object.entries(responses).map(
      ([status, response]) => [`${name} ${status}`, resolved(document, response).content],
    );
    if (requestBody !== undefined) bodies.push([`${name} request`, requestBody.content]);
    return bodies.flatMap(([where, content]) =>
      Object.entries(content).flatMap(([type, { schema, example, examples }]) =>
        [example, ...Object.values(examples ?? {}).map(({ value }) => value)]
          .filter((value) => value !== undefined)
          .map((value) => ({ where: `${where} ${type}`, schema, value })),
      ),
    );
  });
}

export function resolved({ components }: OpenApiDocument, response: Response): Response {
  const name = response.$ref?.split('/').at(-1);
  return name === undefined ? response : (components.responses[name] ?? response);
}

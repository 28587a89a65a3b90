import type { OpenAPIObject } from '@nestjs/swagger';

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const problemType = 'application/problem+json';
const namedFormats = ['date', 'date-time', 'uuid', 'email'];

/**
 * Makes the document readable: the same refusals of many routes become one shared response each, and the long patterns that
 * zod adds to formats with a name go.
 */
export function tidy(document: OpenAPIObject): OpenAPIObject {
  const plain = withoutPatterns(document as unknown as Json) as unknown as OpenAPIObject;
  const shared: JsonObject = {};
  for (const path of Object.values(plain.paths))
    for (const [method, operation] of Object.entries(path as unknown as JsonObject)) {
      if (!isObject(operation)) continue;
      if (isObject(operation['responses'])) share(operation['responses'], shared);
      if (method === 'delete' && isObject(operation['requestBody'])) makeOptional(operation['requestBody']);
    }
  plain.components = {
    ...plain.components,
    responses: shared as unknown as NonNullable<NonNullable<OpenAPIObject['components']>['responses']>,
  };
  return plain;
}

/** A DELETE is complete without a body. A schema that may be absent comes wrapped in an `allOf` of one. */
function makeOptional(body: JsonObject): void {
  body['required'] = false;
  for (const media of isObject(body['content']) ? Object.values(body['content']) : []) {
    const schema = isObject(media) ? media['schema'] : undefined;
    const only = isObject(schema) && Array.isArray(schema['allOf']) ? schema['allOf'] : [];
    if (isObject(media) && only.length === 1) media['schema'] = only[0]!;
  }
}

function share(responses: JsonObject, shared: Record<string, Json>): void {
  for (const [status, response] of Object.entries(responses)) {
    const content = isObject(response) ? response['content'] : undefined;
    const problem = isObject(content) ? content[problemType] : undefined;
    const examples = isObject(problem) ? problem['examples'] : undefined;
    if (!isObject(examples)) continue;
    const name = Object.keys(examples).sort().join('.');
    shared[name] = response!;
    responses[status] = { $ref: `#/components/responses/${name}` };
  }
}

function withoutPatterns(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPatterns);
  if (!isObject(value)) return value;
  const named = typeof value['format'] === 'string' && namedFormats.includes(value['format']);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(named && key === 'pattern' && typeof inner === 'string') && inner !== undefined)
      .map(([key, inner]) => [key, withoutPatterns(inner)]),
  );
}

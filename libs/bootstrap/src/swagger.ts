import { existsSync } from 'node:fs';
import path from 'node:path';
import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiResponse, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemDetails } from '@stocktool/contracts';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

export interface ApiDocument {
  title: string;
  version: string;
  description: string;
  /** The folder of the bundle (`import.meta.dirname` of main.ts): Swagger UI's files lie in `swagger-ui` beside it. */
  directory?: string;
  /** Adds what decorators cannot say: tags, examples, extra schemas. */
  finish?: (document: OpenAPIObject) => OpenAPIObject;
}

/** For startService's `swagger`: the interface at /docs, the document at /openapi.json. */
export function swaggerDocs(about: ApiDocument): (app: NestFastifyApplication) => void {
  return (app) => {
    const files = about.directory === undefined ? undefined : path.join(about.directory, 'swagger-ui');
    SwaggerModule.setup('docs', app, () => apiDocument(app, about), {
      jsonDocumentUrl: '/openapi.json',
      yamlDocumentUrl: '/openapi.yaml',
      customSiteTitle: about.title,
      ...(files !== undefined && existsSync(files) && { customSwaggerUiPath: files }),
    });
  };
}

/** The OpenAPI document itself, for a committed copy and its test. */
export function apiDocument(
  app: NestFastifyApplication,
  { title, version, description, finish }: ApiDocument,
): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle(title)
    .setVersion(version)
    .setDescription(description)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, settings);
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: problemSchema() };
  return finish ? finish(document) : document;
}

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** Without its id, which would make it a reference to itself; as input, because problems may have members of their own. */
function problemSchema(): Schema {
  const anonymous = ProblemDetails.extend({}).meta({ example: ProblemDetails.meta()?.['example'] });
  return z.toJSONSchema(anonymous, { target: 'openapi-3.0', io: 'input' }) as Schema;
}

/** Documents the problem answers of a route: `@ApiProblems(400, 401, 404)`. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: STATUS_CODES[status] ?? 'Problem', content })),
  );
}

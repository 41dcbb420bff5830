/** Describes the API, from the schemas that validate it. */
import { applyDecorators, type INestApplication } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  DocumentBuilder,
  type OpenAPIObject,
  SwaggerModule,
} from '@nestjs/swagger';
import { z } from 'zod';

/** Says what an OpenAPI schema looks like to @nestjs/swagger, which does not export its type at the root. */
type SchemaObject = Extract<NonNullable<Parameters<typeof ApiResponse>[0]>, { schema: unknown }>['schema'];

/** Describes one operation of the API. */
export interface OperationDescription {
  summary: string;
  description?: string;
  body?: z.ZodType;
  /** Holds an object schema: one parameter per member. */
  query?: z.ZodObject;
  /** Request headers besides Authorization: name → what it does. */
  headers?: Record<string, string>;
  /** Holds a raw upload of any type instead of a JSON body. */
  upload?: boolean;
  answer?: { status?: number; description: string; schema?: z.ZodType; contentType?: string };
  /** Statuses of problems this operation is known for, besides 400, 401, 500 and 503. */
  problems?: number[];
  /** Needs no API key. */
  open?: boolean;
}

/** Describes a controller's method. */
export function Describe(operation: OperationDescription): MethodDecorator & ClassDecorator {
  const { answer = { description: 'Done' }, query, body } = operation;
  const problems = [400, ...(operation.open ? [] : [401]), ...(operation.problems ?? []), 500, 503];
  return applyDecorators(
    ApiOperation({ summary: operation.summary, description: operation.description }),
    ...(operation.open ? [] : [ApiBearerAuth()]),
    ...(body === undefined ? [] : [ApiBody({ schema: jsonSchema(body, 'input') })]),
    ...(query === undefined ? [] : queryParameters(query)),
    ...Object.entries(operation.headers ?? {}).map(([name, description]) => ApiHeader({ name, description })),
    ...(operation.upload ? [ApiConsumes('*/*'), ApiBody({ schema: { type: 'string', format: 'binary' } })] : []),
    describedAnswer(answer),
    ...[...new Set(problems)].map(describedProblem),
  );
}

function describedAnswer(answer: NonNullable<OperationDescription['answer']>): MethodDecorator & ClassDecorator {
  const { status = 200, description, schema, contentType = 'application/json' } = answer;
  const content = schema && { [contentType]: { schema: jsonSchema(schema, 'output') } };
  return ApiResponse({ status, description, content });
}

function describedProblem(status: number): MethodDecorator & ClassDecorator {
  return ApiResponse({ status, description: 'Problem', content: { 'application/problem+json': { schema: PROBLEM } } });
}

const PROBLEM = { $ref: '#/components/schemas/Problem' };

function problemSchema(codes: readonly string[]): SchemaObject {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', enum: [...codes] },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        items: { type: 'object', properties: { field: { type: 'string' }, message: { type: 'string' } } },
      },
    },
  };
}

function queryParameters(query: z.ZodObject): (MethodDecorator & ClassDecorator)[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const member = schema as z.ZodType;
    return ApiQuery({ name, required: !member.safeParse(undefined).success, schema: jsonSchema(member, 'input') });
  });
}

/** Writes a zod schema as JSON Schema 2020-12, which OpenAPI 3.1 schemas are; what zod cannot write (functions, dates) is left open. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): SchemaObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', cycles: 'throw' });
  return rest as SchemaObject;
}

/** A call that the service makes to whoever asked for it. */
export interface WebhookDescription {
  summary: string;
  description: string;
  body: z.ZodType;
  /** Request headers: name → what it does. */
  headers: Record<string, string>;
  /** Says what the answer means, by its status. */
  answers: Record<string, string>;
}

/** Says what the description says besides the operations. */
export interface DocumentParts {
  /** Everything below these paths is deprecated. */
  deprecated: readonly string[];
  /** Every code that a problem may have. */
  codes: readonly string[];
  /** By name. */
  webhooks: Record<string, WebhookDescription>;
}

function describedWebhook({ summary, description, body, headers, answers }: WebhookDescription) {
  const parameters = Object.entries(headers).map(([name, text]) => ({
    ...{ name, in: 'header', required: true, description: text, schema: { type: 'string' } },
  }));
  const content = { 'application/json': { schema: jsonSchema(body, 'input') } };
  const responses = Object.fromEntries(Object.entries(answers).map(([code, text]) => [code, { description: text }]));
  return { post: { summary, description, parameters, requestBody: { required: true, content }, responses } };
}

/** Marks every operation below these paths as deprecated. */
function deprecate(document: OpenAPIObject, paths: readonly string[]): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    if (!paths.some((former) => path === former || path.startsWith(`${former}/`))) continue;
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete]) {
      if (operation) operation.deprecated = true;
    }
  }
  return document;
}

/** Serves the description as JSON at `/docs-json` and readable at `/docs`; everything comes from this server. */
export function setUpDocs(
  app: INestApplication,
  version: string,
  { deprecated, codes, webhooks }: DocumentParts,
): void {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Parley')
    .setDescription('Customer messaging for n8n: the service behind the nodes.')
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The API key' })
    .build();
  const described = Object.entries(webhooks).map(([name, webhook]) => [name, describedWebhook(webhook)]);
  const document = () => {
    const { components, ...made } = deprecate(SwaggerModule.createDocument(app, config), deprecated);
    const schemas = { ...components?.schemas, Problem: problemSchema(codes) };
    const webhookPaths = Object.fromEntries(described) as Record<string, object>;
    return { ...made, components: { ...components, schemas }, webhooks: webhookPaths };
  };
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Parley API',
    // Else the page asks a public validator about this document.
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}

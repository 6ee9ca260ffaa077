import type { Endpoint } from "./endpoint.ts";
import { endpoints, idempotencyKeyPattern, pageEntriesMax } from "./endpoints.ts";
import { Problem, problemTypes } from "./problem.ts";
import type { Json, JsonObject } from "@cordon/model";
import { isJsonObject } from "@cordon/model";

type Components = Map<string, Json>;

/** A schema with every titled part moved to `components` and referred to. */
function hoist(schema: Json, components: Components): Json {
  if (Array.isArray(schema)) return schema.map((part: Json) => hoist(part, components));
  if (!isJsonObject(schema)) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "examples" ? value : hoist(value, components),
    ]),
  );
  const { title } = copy;
  // A property may itself be called `title`; only a text is the keyword.
  if (typeof title !== "string") return copy;
  const known = components.get(title);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(copy))
    throw new TypeError(`two schemas are titled \`${title}\``);
  components.set(title, copy);
  return { $ref: `#/components/schemas/${title}` };
}

/** TypeBox keeps its own marks out of JSON; what is left is JSON Schema 2020-12, which OpenAPI 3.1 takes as it stands. */
function plain(schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name ?? "",
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

const idempotencyKey: JsonObject = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "chosen by the client; the same command with the same key acts once, whatever happens in between",
  schema: { type: "string", pattern: idempotencyKeyPattern },
};

const optionalHeader = (name: string, description: string): JsonObject => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
});

const bundleHeaders = [
  optionalHeader(
    "A-IM",
    "`cordon-delta`: a delta from the bundle that If-None-Match names will do (RFC 3229)",
  ),
  optionalHeader("Cordon-Point", "the enforcement point's name: a staged bundle goes to some names first"),
];

const inQuery = (name: string, description: string, schema: JsonObject): JsonObject => ({
  name,
  in: "query",
  required: false,
  description,
  schema,
});

const pageParameters = [
  inQuery("cursor", "`next` of the page before", { type: "string" }),
  inQuery("limit", "entries of a page", { type: "integer", minimum: 1, maximum: pageEntriesMax }),
];

const attachmentName: JsonObject = {
  name: "Attachment-Name",
  in: "header",
  required: true,
  description: "the file's name, percent-encoded UTF-8; for people, it names no place",
  schema: { type: "string" },
};

const ifNoneMatch: JsonObject = {
  name: "If-None-Match",
  in: "header",
  required: false,
  schema: { type: "string" },
};

/** Any one of them will do. Which of an operator's roles a command needs is told by its refusal. */
function securityOf({ roles }: Endpoint): Json[] {
  const schemes = new Set(roles.map((role) => (role === "enforcement" ? "enforcement" : "operator")));
  return [...schemes].map((scheme) => ({ [scheme]: [] }));
}

function operation(endpoint: Endpoint, components: Components): JsonObject {
  const { status, contentType, schema } = endpoint.success;
  const problemContent = { "application/problem+json": { schema: hoist(plain(Problem), components) } };
  const isBundle = endpoint.operationId === "currentBundle";
  return {
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    parameters: [
      ...pathParameters(endpoint.path),
      ...(endpoint.command ? [idempotencyKey] : []),
      ...(endpoint.paged === true ? pageParameters : []),
      ...(endpoint.bodyType === undefined ? [] : [attachmentName]),
      ...(isBundle ? [ifNoneMatch, ...bundleHeaders] : []),
    ],
    security: securityOf(endpoint),
    ...(endpoint.body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              [endpoint.bodyType ?? "application/json"]: { schema: hoist(plain(endpoint.body), components) },
            },
          },
        }),
    responses: {
      [String(status)]: {
        description: endpoint.summary,
        ...(schema === null
          ? {}
          : { content: { [contentType]: { schema: hoist(plain(schema), components) } } }),
      },
      ...(isBundle
        ? {
            "226": {
              description: "a delta from the bundle that If-None-Match names",
              content: { "application/octet-stream": { schema: { type: "string" } } },
            },
            "304": { description: "unchanged" },
          }
        : {}),
      default: { description: "a problem (RFC 9457)", content: problemContent },
    },
  };
}

/** The API as an OpenAPI 3.1 document, made from the schemas that the server checks requests against. */
export function openApiDocument(version: string): JsonObject {
  const components: Components = new Map();
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of Object.values<Endpoint>(endpoints)) {
    const item = (paths[endpoint.path] ??= {});
    item[endpoint.method.toLowerCase()] = operation(endpoint, components);
  }
  const bearer = (description: string) => ({ type: "http", scheme: "bearer", description });
  return {
    openapi: "3.1.0",
    info: {
      title: "Cordon",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: `Breach response: from an incident to the all clear. Problem types: ${Object.keys(
        problemTypes,
      )
        .map((name) => `\`urn:cordon:problem:${name}\``)
        .join(", ")}.`,
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        operator: bearer("an operator's token: of `cordon token create`, or HOME/operators/*.token"),
        enforcement: bearer("HOME/keys/enforcement.token"),
      },
    },
  };
}

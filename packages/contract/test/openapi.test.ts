import { describe, expect, test } from "vitest";
import {
  endpoints,
  openApiDocument,
  operatorRoles,
  Problem,
  problem,
  problemTypes,
  type Endpoint,
} from "@cordon/contract";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { isJsonObject, type Json } from "@cordon/model";

const document = openApiDocument("1.2.3");

function walk(value: Json, visit: (object: { readonly [key: string]: Json }) => void): void {
  if (Array.isArray(value)) value.forEach((part: Json) => walk(part, visit));
  if (!isJsonObject(value)) return;
  visit(value);
  for (const part of Object.values(value)) walk(part, visit);
}

function at(path: string): Json | undefined {
  return path
    .split("/")
    .slice(1)
    .reduce<Json | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), document);
}

describe("the OpenAPI document", () => {
  test("is of version 3.1 and has what version 3.1 requires", () => {
    expect(document["openapi"]).toBe("3.1.0");
    expect(document["info"]).toMatchObject({ title: "Cordon", version: "1.2.3" });
    expect(isJsonObject(document["paths"])).toBe(true);
  });

  test("describes every operation once, with its own id, its path parameters and a problem as default answer", () => {
    const ids: unknown[] = [];
    for (const endpoint of Object.values<Endpoint>(endpoints)) {
      const paths = document["paths"];
      const item = isJsonObject(paths) ? paths[endpoint.path] : undefined;
      const described = isJsonObject(item) ? item[endpoint.method.toLowerCase()] : undefined;
      if (!isJsonObject(described)) throw new Error(`${endpoint.operationId} is missing`);
      ids.push(described["operationId"]);
      const parameters = Array.isArray(described["parameters"])
        ? (described["parameters"] as readonly Json[])
        : [];
      const inPath = parameters
        .filter((one) => isJsonObject(one) && one["in"] === "path")
        .map((one) => (isJsonObject(one) ? one["name"] : ""));
      expect(inPath).toEqual([...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(described["responses"]).toMatchObject({ [String(endpoint.success.status)]: {}, default: {} });
    }
    expect(new Set(ids).size).toBe(Object.keys(endpoints).length);
    expect(Object.entries(endpoints).every(([key, endpoint]) => key === endpoint.operationId)).toBe(true);
  });

  test("refers only to schemas and security schemes that it has", () => {
    let references = 0;
    walk(document, (object) => {
      const reference = object["$ref"];
      if (typeof reference !== "string") return;
      references += 1;
      expect(at(reference.slice(1)), reference).toBeDefined();
    });
    expect(references).toBeGreaterThan(50);
    walk(document["paths"] ?? null, (object) => {
      const security = object["security"];
      if (!Array.isArray(security)) return;
      for (const one of security as readonly Json[]) {
        for (const scheme of Object.keys(isJsonObject(one) ? one : {}))
          expect(at(`/components/securitySchemes/${scheme}`)).toBeDefined();
      }
    });
  });

  test("every operator may try every command, and points' tokens reach no command at all", () => {
    for (const endpoint of Object.values<Endpoint>(endpoints)) {
      if (endpoint.command) expect(endpoint.roles, endpoint.operationId).toEqual(operatorRoles);
    }
  });

  test("every approval, decline and signature names what it is of", () => {
    for (const endpoint of [
      endpoints.giveApproval,
      endpoints.declineApproval,
      endpoints.breakGlass,
      endpoints.reviewBreakGlass,
      endpoints.signNoIncreasedRisk,
    ]) {
      expect(Check(endpoint.body ?? Type.Never(), { because: "b", justified: true, name: "n" })).toBe(false);
    }
  });

  test("lists that grow are read page by page", () => {
    const paged = Object.values<Endpoint>(endpoints).filter((endpoint) => endpoint.paged === true);
    expect(paged.map((endpoint) => endpoint.operationId)).toEqual(
      expect.arrayContaining(["listIncidents", "readTimeline"]),
    );
    for (const { path } of paged) {
      const paths = document["paths"];
      const item = isJsonObject(paths) ? paths[path] : undefined;
      const get = isJsonObject(item) ? item["get"] : undefined;
      const parameters = isJsonObject(get) ? get["parameters"] : undefined;
      expect(parameters).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: "cursor", in: "query" }),
          expect.objectContaining({ name: "limit", in: "query" }),
        ]),
      );
    }
  });
});

test("every problem type makes a problem", () => {
  for (const name of Object.keys(problemTypes) as (keyof typeof problemTypes)[]) {
    expect(
      Check(Problem, problem(name, { detail: "d", code: "c", hint: "h", pointer: "/a", reasons: ["r"] })),
    ).toBe(true);
  }
});

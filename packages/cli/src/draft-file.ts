import { parseDraftPlan, type DraftNotice, type DraftPlan } from "@cordon/contract";
import { InputError, isJsonObject } from "@cordon/model";
import { ApiError } from "@cordon/sdk";
import { readYamlDocument, type YamlDocument } from "./yaml-document.ts";

/**
 * A plan's YAML (`measures`, `terms`), sent by `send`; what the schema or the control plane finds wrong comes out as
 * `FILE:LINE: what, expected …`.
 */
export async function withDraft<T>(file: string, send: (draft: DraftPlan) => Promise<T>): Promise<T> {
  const document = await readYamlDocument(file);
  return placing(document, () => send(document.check(parseDraft)));
}

/** A notice's YAML, sent by `send` likewise: the control plane checks it against `DraftNotice`. */
export async function withNoticeDraft<T>(file: string, send: (draft: DraftNotice) => Promise<T>): Promise<T> {
  const document = await readYamlDocument(file);
  const draft = document.check((value) => {
    if (!isJsonObject(value)) throw new InputError([], "it is no mapping", "what `DraftNotice` describes");
    return value;
  });
  // What is wrong in it is told by the control plane, whose schema is the newer one.
  return placing(document, () => send(draft as DraftNotice));
}

async function placing<T>(document: YamlDocument, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw placed(document, error);
  }
}

function parseDraft(value: unknown): DraftPlan {
  const parsed = parseDraftPlan(value);
  if ("plan" in parsed) return parsed.plan;
  const { pointer, message } = parsed.fault;
  throw new InputError(pathOf(pointer), `it ${message}`, "what `DraftPlan` of /openapi.json describes");
}

/** A JSON Pointer (RFC 6901) as a path of keys. */
function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function placed(document: YamlDocument, error: unknown): unknown {
  const pointer = error instanceof ApiError ? error.problem?.pointer : undefined;
  if (!(error instanceof ApiError) || pointer === undefined) return error;
  const [what = error.message, expected = "another"] = error.message.split(/, expected /);
  return document.errorAt(pathOf(pointer), what, expected, error);
}

import { fieldNames, type FieldName, type Format } from "../data-map.ts";
import type { LogRecord } from "../log-value.ts";
import { candidate, share } from "./candidate.ts";
import { isSurroundings, nameRank } from "./name-hints.ts";
import type { PathTally, Tallies } from "./path-tally.ts";
import type { Candidate, FieldProposal } from "./source-profile.ts";
import { proposeTime } from "./propose-time.ts";
import { wellKnownFields } from "./well-known-fields.ts";

/** What a line cannot be read without, once the map names it. */
const requiredOfEveryLine: ReadonlySet<FieldName> = new Set(["time", "operation", "id", "sequence"]);
const alternativesMax = 4;

interface FieldsRequest {
  readonly format: Format;
  readonly records: readonly LogRecord[];
  readonly tallies: Tallies;
  /** The number that grows by one, found before. */
  readonly sequencePath: string | null;
}

/** A proposal for each field of the map, in the map's order. */
export function proposeFields(request: FieldsRequest): readonly FieldProposal[] {
  const taken = new Set<string>();
  const proposals = new Map<FieldName, FieldProposal>();
  // What is surest comes first, so that a path serves one field.
  const order = ["time", "sequence", "address", "operation", "outcome", "id", "session", "actor"] as const;
  for (const field of order) {
    const proposal = proposeField(field, request, taken);
    if (proposal.best !== null) taken.add(proposal.best.path);
    proposals.set(field, proposal);
  }
  return fieldNames.flatMap((field) => proposals.get(field) ?? []);
}

function proposeField(field: FieldName, request: FieldsRequest, taken: ReadonlySet<string>): FieldProposal {
  const { tallies, sequencePath } = request;
  const known = wellKnown(field, request);
  if (field === "time") {
    const time = proposeTime(request, known?.map(({ path }) => path) ?? null);
    return proposal(field, time.candidates, tallies, time.todo);
  }
  if (known !== null && field === "outcome" && known.length === 0) {
    return proposal(field, knownAbsence(request), tallies, null);
  }
  // Other names mean something else where there is a schema, but nothing is read without an operation.
  if (known !== null && field !== "sequence" && (known.length > 0 || field !== "operation")) {
    return proposal(field, known, tallies, null);
  }
  if (field === "sequence") {
    const tally = sequencePath === null ? undefined : tallies.scalars.get(sequencePath);
    if (tally === undefined) return proposal(field, [], tallies, null);
    return proposal(field, [candidate(tally, tallies, 1, "grows by one")], tallies, null);
  }
  const candidates: Candidate[] = [];
  for (const tally of tallies.scalars.values()) {
    if (taken.has(tally.path) || tally.path === sequencePath || tally.present === 0) continue;
    const found = fits(field, tally, tallies);
    if (found !== null) candidates.push(found);
  }
  candidates.sort((a, b) => b.confidence - a.confidence || depth(a) - depth(b));
  const todo =
    field === "operation" && candidates.length === 0 ? "no path repeats a few texts on every record" : null;
  return proposal(field, candidates, tallies, todo);
}

/** The paths of a format's schema that the sample has; null for formats without schema. */
function wellKnown(field: FieldName, request: FieldsRequest): Candidate[] | null {
  const { format, tallies } = request;
  const paths = wellKnownFields[format];
  if (paths === undefined) return null;
  const found = (paths[field] ?? []).flatMap((path) => {
    const tally = tallies.scalars.get(path);
    return tally === undefined || tally.present === 0 ? [] : [ofSchema(tally, request)];
  });
  // The schema's order decides among paths that are about as common.
  return found.sort((a, b) => Math.round(4 * (b.records / b.of)) - Math.round(4 * (a.records / a.of)));
}

/** Where a schema keeps a field it is that field, also on few records. */
function ofSchema(tally: PathTally, { format, tallies }: FieldsRequest): Candidate {
  return { ...candidate(tally, tallies, 1, `where ${format} keeps it`), confidence: 0.95 };
}

/** CloudTrail writes an errorCode on refused calls alone, so a sample without one shows successes. */
function knownAbsence({ format, tallies }: FieldsRequest): readonly Candidate[] {
  if (format !== "cloudtrail") return [];
  const why = "where cloudtrail keeps it on refused calls, and the sample has none";
  return [{ path: "errorCode", confidence: 1, records: 0, of: tallies.records, why }];
}

function proposal(
  field: FieldName,
  candidates: readonly Candidate[],
  tallies: Tallies,
  todo: string | null,
): FieldProposal {
  const [best, ...rest] = candidates;
  const others = rest.filter(({ confidence }) => best !== undefined && confidence >= 0.6 * best.confidence);
  const isEverywhere = best !== undefined && best.records === tallies.records;
  const isOptional = requiredOfEveryLine.has(field) && field !== "time" && field !== "operation";
  return {
    field,
    best: best ?? null,
    isEverywhere: isEverywhere || !requiredOfEveryLine.has(field),
    alternatives: others.slice(0, alternativesMax),
    todo:
      todo ??
      (best !== undefined && !isEverywhere && isOptional
        ? "a line without it would be unreadable, and the sample has such lines"
        : null),
  };
}

function depth({ path }: Candidate): number {
  return path.split(".").length;
}

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(:\d{1,5})?$/;
const ipv6 = /^\[?(?=[0-9a-f:.]*:[0-9a-f:.]*:)[0-9a-f:.]{2,45}(%\w+)?\]?(:\d{1,5})?$/i;

/** Shape and name together; null when the path can't be the field. */
function fits(field: FieldName, tally: PathTally, tallies: Tallies): Candidate | null {
  const rank = nameRank(field, tally);
  const shape = shapeOf(field, tally, tallies);
  if (shape === null) return null;
  const byShapeAlone = field === "address" || (field === "operation" && !isSurroundings(tally.plainName));
  if (rank === 0 && !byShapeAlone) return null;
  const deep = 1 - 0.03 * (tally.depth - 1);
  const weight = (rank === 0 ? 0.35 : 0.6 + 0.4 * rank) * deep * shape.weight;
  const name = rank === 0 ? "by its values alone" : "by its name";
  return candidate(tally, tallies, weight, shape.why === "" ? name : `${shape.why}, ${name}`);
}

function shapeOf(
  field: FieldName,
  tally: PathTally,
  tallies: Tallies,
): { readonly weight: number; readonly why: string } | null {
  const distinct = tally.values.size;
  const isText = tally.texts === tally.present;
  switch (field) {
    case "address": {
      const like = share(tally, (value) => ipv4.test(value) || ipv6.test(value));
      return like < 0.8 ? null : { weight: like, why: "addresses" };
    }
    case "id": {
      if (tally.booleans > 0 || tally.otherNumbers > 0) return null;
      const counted = tally.hasMoreValues ? tally.present : distinct;
      // At-least-once delivery repeats some.
      if (counted < 0.8 * tally.present) return null;
      return {
        weight: 1,
        why: `${counted === tally.present ? "no value" : `${tally.present - counted} values`} twice`,
      };
    }
    case "operation": {
      if (tally.booleans > 0 || tally.otherNumbers > 0 || tally.hasMoreValues) return null;
      const isFew = distinct <= Math.max(5, Math.min(500, 0.5 * tally.present));
      if (!isFew || (tally.present < tallies.records && nameRank(field, tally) < 0.8)) return null;
      if (nameRank(field, tally) === 0 && (!isText || distinct < 2)) return null;
      return { weight: isText ? 1 : 0.6, why: `${distinct} distinct ${isText ? "texts" : "values"}` };
    }
    case "outcome": {
      if (tally.hasMoreValues || distinct > 60 || tally.otherNumbers > 0) return null;
      return { weight: 1, why: `${distinct} distinct values` };
    }
    case "session":
    case "actor":
      return tally.booleans > 0 || tally.otherNumbers > 0
        ? null
        : { weight: 1, why: `${distinct} distinct values` };
    case "time":
    case "sequence":
      return null;
  }
}

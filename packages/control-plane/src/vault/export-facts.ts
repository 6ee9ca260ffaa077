import { isJsonObject, type DataClass, type JsonObject } from "@cordon/model";
import type { Answer } from "@cordon/scope";
import type { Incident } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { incidentStream } from "../record/streams.ts";
import type { VaultPlace } from "./vault-place.ts";

/** What an incident export holds besides the journal's entries, opened. */
export interface ExportFacts {
  /** Answers as `scope` gives them. */
  readonly answers: readonly JsonObject[];
  /** Notice manifests, each as its digest was made over it. */
  readonly notices: readonly JsonObject[];
  readonly incident: IncidentFacts;
}

/** The incident in the terms of the evidence. Times are milliseconds since the epoch. */
export interface IncidentFacts {
  readonly id: string;
  readonly summary: string;
  /** `Confirmed` once somebody was made to stand for a claim that data was read. */
  readonly standing: "Confirmed" | "Suspected";
  readonly discoveredMs: number;
  readonly containedMs: number | null;
  readonly firstAccessMs: number | null;
  readonly dataClasses: {
    readonly accessed: readonly DataClass[];
    readonly notAccessed: readonly DataClass[];
    readonly unknown: readonly DataClass[];
  };
  readonly accounts: {
    readonly kind: "exactly" | "between";
    readonly atLeast: number;
    readonly atMost: number;
  };
  readonly answerDigest: string | null;
}

/** Throws ERR_PLANE_NOT_FOUND. */
export async function exportFacts(place: VaultPlace, incidentId: string): Promise<ExportFacts> {
  await place.record.catchUp();
  const incident = place.record.incident(incidentId);
  if (incident === null)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no incident \`${incidentId}\``);
  const events = await place.journal.read(incidentStream(incidentId));
  // By digest, so that what was recorded twice is there once.
  const answers = new Map<string, JsonObject>();
  const notices = new Map<string, JsonObject>();
  for (const { type, data } of events) {
    if (data === null) continue;
    const { answer, answerDigest, manifest, manifestDigest } = data;
    if (type === "answer-recorded" && isJsonObject(answer) && typeof answerDigest === "string")
      answers.set(answerDigest, answer);
    if (type === "notice-manifest" && isJsonObject(manifest) && typeof manifestDigest === "string")
      notices.set(manifestDigest, manifest);
  }
  return {
    answers: [...answers.values()],
    notices: [...notices.values()],
    incident: factsOf(incident),
  };
}

function factsOf(incident: Incident): IncidentFacts {
  const answers = [...incident.answers.values()];
  const claim = incident.claims.findLast((one) => one.contradicted === null);
  const resting = claim === undefined ? undefined : incident.answers.get(claim.answerDigest);
  const answer: Answer | null = (resting ?? answers.at(-1))?.answer ?? null;
  const contained = incident.stageMoves.find((move) => move.to === "contained");
  const accounts = answer?.accounts ?? { kind: "between" as const, atLeast: 0, atMost: 0 };
  const first = answer?.firstAccess ?? null;
  return {
    id: incident.incidentId,
    summary: incident.title,
    standing: (claim?.dataClasses.accessed.length ?? 0) > 0 ? "Confirmed" : "Suspected",
    discoveredMs: incident.opened.atMs,
    containedMs: contained?.atMs ?? null,
    firstAccessMs: first === null ? null : Date.parse(first),
    dataClasses: answer?.dataClasses ?? { accessed: [], notAccessed: [], unknown: [] },
    accounts: { kind: accounts.kind, atLeast: accounts.atLeast, atMost: accounts.atMost },
    answerDigest: answer?.answerDigest ?? null,
  };
}

import type { JsonObject } from "@cordon/model";
import {
  examine,
  parseTokenLine,
  type Examination,
  type ExaminationInput,
  type Finding,
  type TokenSample,
} from "../../src/doctor/index.ts";

/** 2014-05-20T08:00:00Z, in seconds. */
export const signedInAt = 1_400_572_800;

export interface Line {
  readonly claims: JsonObject;
  readonly kid?: string;
  readonly at?: string;
  readonly session?: string;
  readonly refreshOf?: string;
  readonly id?: string;
  readonly signIn?: boolean;
}

export function samplesOf(...lines: readonly (Line | JsonObject | string)[]): readonly TokenSample[] {
  return lines.map((line, index) =>
    parseTokenLine(typeof line === "string" ? line : JSON.stringify(line), index + 1),
  );
}

/** Claims of a token as a good provider writes them. */
export function good(claims: JsonObject = {}): JsonObject {
  return {
    sub: "u-1",
    client_id: "app-android",
    auth_time: signedInAt,
    iat: signedInAt + 5000,
    exp: signedInAt + 8600,
    password_changed_at: 1_300_000_000,
    platform: "android",
    store: "google-play",
    version: "1.0.9",
    ...claims,
  };
}

export function examined(
  samples: readonly TokenSample[],
  more: Partial<ExaminationInput> = {},
): Promise<Examination> {
  return examine({
    samples,
    names: {},
    clients: new Map(),
    issuer: null,
    directory: null,
    gateway: [],
    ...more,
  });
}

export function finding(examination: Examination, check: string): Finding {
  const found = examination.findings.find((one) => one.check === check);
  if (found === undefined) throw new Error(`no finding \`${check}\``);
  return found;
}

export function verdict(examination: Examination, measure: string): string {
  return examination.measures.find((one) => one.measure === measure)?.verdict ?? "none";
}

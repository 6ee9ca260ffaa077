import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { parseDataMap } from "@cordon/evidence";
import type { Answer, AskQuestion } from "@cordon/contract";
import { openPopulation, runScope, type ScopeResult } from "@cordon/lake";
import { formatInstant, InputError } from "@cordon/model";
import { questionText, type Incident, type IncidentEvent } from "@cordon/response";
import { parseQuestion, type Question } from "@cordon/scope";
import { createHash } from "node:crypto";
import type { Caller } from "../caller.ts";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { runCommand } from "../run-command.ts";

/** Reads the evidence, answers the question and records evidence, question and answer. Throws InputError with a path into the body. */
export async function askQuestion(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: AskQuestion,
): Promise<Answer> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "askQuestion",
    request: body,
    incidentId,
    command: async () => {
      const map = within("map", () => parseDataMap(body.map));
      const question = within("question", () => parseQuestion(body.question));
      const folder = await evidenceFolder(plane.home, body.evidence);
      const { answer } = await scope(plane, map, question, folder);
      return {
        kind: "record-answer",
        folder: body.evidence,
        map: body.map,
        question: body.question,
        questionDigest: `sha256:${createHash("sha256").update(questionText(body.question)).digest("hex")}`,
        window: { from: formatInstant(question.fromUs / 1000), to: formatInstant(question.toUs / 1000) },
        decoys: question.decoys,
        answer,
        accountIds: answer.accountIdsTruncated ? null : answer.accountIds,
      };
    },
  });
  return answerOf(incident, event);
}

/** The answer that the command recorded; its first event names it. */
function answerOf(incident: Incident, event: IncidentEvent): Answer {
  const found =
    event.type === "evidence-recorded" ? incident.answers.get(event.data.answerDigest) : undefined;
  if (found === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", "the answer is no longer on record");
  const answer: unknown = found.answer;
  return answer as Answer;
}

async function scope(
  plane: Plane,
  map: ReturnType<typeof parseDataMap>,
  question: Question,
  folder: string,
): Promise<ScopeResult> {
  await plane.directory.ensure();
  const population = await openPopulation(
    { directory: plane.directory.directory },
    { windowEndUs: question.toUs, decoys: question.decoys },
  );
  try {
    return await runScope({
      map,
      question,
      evidenceFolder: folder,
      population,
      workFolder: join(plane.home, "lake"),
    });
  } finally {
    population.close();
  }
}

/** The input of a body's key is found under that key. */
function within<T>(key: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError([key, ...error.path], error.message, error.expected);
  }
}

/** The folder under HOME/evidence. Names that could lead out of it are refused, and so is a link that does. */
async function evidenceFolder(home: string, name: string): Promise<string> {
  const plainName = name.split("/").every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part));
  if (!plainName)
    throw new InputError(
      ["evidence"],
      `\`${name}\` is no folder name`,
      "plain names with slashes between them",
    );
  try {
    const root = await realpath(join(home, "evidence"));
    const folder = await realpath(join(root, ...name.split("/")));
    if (folder.startsWith(root + sep) && (await lstat(folder)).isDirectory()) return folder;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")))
      throw error;
  }
  throw new ControlPlaneError("ERR_PLANE_EVIDENCE", `there is no evidence \`${name}\``, {
    hint: "put it under HOME/evidence",
  });
}

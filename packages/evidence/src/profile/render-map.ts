import { mappedFields } from "./profile-source.ts";
import type {
  Candidate,
  FieldProposal,
  OperationProposal,
  PeopleProposal,
  SourceProfile,
} from "./source-profile.ts";
import { commentText, yamlScalar, yamlText } from "./yaml-text.ts";

/** What stands where only a person can say: the parser of data maps refuses it wherever it stands. */
const todo = "<TODO>";

export interface MapProposal {
  readonly sources: readonly ProposedSource[];
  /** Whether values were matched against a directory of accounts. */
  readonly withDirectory: boolean;
  /** Sentences about the folder as a whole. */
  readonly notes: readonly string[];
}

export interface ProposedSource {
  readonly profile: SourceProfile;
  /** What was sampled of it, in one clause. */
  readonly sampled: string;
}

/** "very likely" and so on: how a confidence from 0 to 1 reads. */
function confidenceWord(confidence: number): string {
  if (confidence >= 0.9) return "very likely";
  if (confidence >= 0.7) return "likely";
  return confidence >= 0.4 ? "perhaps" : "a guess";
}

/**
 * A data map in YAML to edit. Everything that a person must say is `<TODO>`, which the parser refuses; what would turn
 * into a claim when it is wrong (coverage, ignored operations, open lists of successes) stands in comments alone.
 */
export function renderMap({ sources, withDirectory, notes }: MapProposal): string {
  const proposed = sources.filter(({ profile }) => profile.format !== null && profile.records > 0);
  const lines = [
    "# A first look at a sample of the logs, to be edited. Every number in it is of the sample and proves nothing about the rest.",
    `# ${todo} is for you to fill in: as long as one is left this map is refused. What an operation is not told about here counts`,
    "# as unclassified: it could have read anything in its source's store.",
    ...notes.map((note) => `# ${commentText(note)}`),
    "version: 1",
    "stores: # where personal data rests; sources that watch the same data must name the same store",
    ...proposed.flatMap(({ profile }) => storeLines(profile)),
    ...(proposed.length === 0 ? [`  ${todo}`] : []),
    "sources:",
    ...sources.flatMap((source) => sourceLines(source, withDirectory)),
    ...(proposed.length === 0 ? [`  ${todo}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function storeOf(profile: SourceProfile): string {
  return yamlText(`${profile.source}-store`);
}

function storeLines(profile: SourceProfile): readonly string[] {
  const { classes } = profile;
  const hint = classes.length === 0 ? "" : `; names in the sample suggest ${classes.join(", ")}`;
  return [
    `  ${storeOf(profile)}:`,
    `    classes: [${todo}] # every class of data that rests there, as fideslang keys${commentText(hint)}`,
    "    accounts: all # the most it can be (as many as --directory or --population says); a number here says that it holds no more",
  ];
}

function sourceLines({ profile, sampled }: ProposedSource, withDirectory: boolean): readonly string[] {
  const said = profile.problems.filter(
    (problem) => profile.format !== null || !problem.endsWith(`: ${profile.formatWhy}`),
  );
  const problems = said.map((problem) => `    # mind: ${commentText(problem)}`);
  if (profile.format === null || profile.records === 0) {
    return [
      `  # ${commentText(profile.source)}: not proposed, ${commentText(profile.formatWhy)} (${commentText(sampled)})`,
      ...problems,
    ];
  }
  return [
    `  ${yamlText(profile.source)}:`,
    `    # ${commentText(sampled)}`,
    ...readableLines(profile),
    ...problems,
    `    format: ${profile.format} # ${commentText(profile.formatWhy)}`,
    `    store: ${storeOf(profile)}`,
    "    fields:",
    ...profile.fields.map(fieldLine),
    ...succeededLines(profile),
    ...operationLines(profile, withDirectory),
    ...coverageLines(profile),
  ];
}

function readableLines(profile: SourceProfile): readonly string[] {
  const { readable, records } = profile;
  if (readable === null) return [];
  const all = `    # with these fields ${readable} of ${records} sampled records are readable`;
  return readable === records ? [all] : [`${all}; the others would each open a gap`];
}

function fieldLine({ field, best, isEverywhere, alternatives, todo: why }: FieldProposal): string {
  const isNeeded = field === "time" || field === "operation";
  if (best === null) {
    const reason = commentText(why ?? "none found");
    return isNeeded ? `      ${field}: ${todo} # ${reason}` : `      # ${field}: ${reason}`;
  }
  const others = alternatives.length === 0 ? "" : `; or ${alternatives.map(({ path }) => path).join(", ")}`;
  const missing = isNeeded && !isEverywhere ? "; a line without it is unreadable" : "";
  const comment = commentText(`${describe(best)}${why === null ? "" : `; ${why}`}${missing}${others}`);
  const isMapped = field in mappedFields([{ field, best, isEverywhere, alternatives, todo: why }]);
  return `      ${isMapped ? "" : "# "}${field}: ${yamlText(best.path)} # ${comment}`;
}

function describe({ records, of, why, confidence }: Candidate): string {
  return `${records} of ${of} sampled records, ${why}: ${confidenceWord(confidence)}`;
}

function succeededLines({ succeeded }: SourceProfile): readonly string[] {
  if (succeeded === null)
    return ["    # succeeded: no outcome was found, so every event counts as a success"];
  const { path, values, refused, isClosed, why } = succeeded;
  const seen = refused.length === 0 ? "" : `; refused in the sample: ${refused.slice(0, 10).join(", ")}`;
  const line = `succeeded: { ${yamlText(path)}: [${values.map(yamlScalar).join(", ")}] }`;
  return [
    `    ${isClosed ? "" : "# "}${isClosed ? line : commentText(line)} # ${commentText(`${why}${seen}`)}`,
  ];
}

function operationLines(profile: SourceProfile, withDirectory: boolean): readonly string[] {
  const { operations, operationsNotShown } = profile;
  const matched = withDirectory
    ? "matched against the directory"
    : "told by names alone, without --directory";
  const named = operations.filter(({ people }) => people.kind !== "unknown");
  const others = operations.filter(({ people }) => people.kind === "unknown");
  const more = operationsNotShown === 0 ? [] : [`      # and ${operationsNotShown} more in the sample`];
  return [
    ...(named.length === 0
      ? ["    # operations: # none of the sample names people, as far as can be told"]
      : [`    operations: # ${matched}`, ...named.map(operationLine)]),
    ...(others.length + more.length === 0
      ? []
      : [
          "      # Whom these reached nothing tells. Left out they are unclassified, which is safe and wide:",
        ]),
    ...others.map(unknownLine),
    ...more,
  ];
}

function operationLine({
  name,
  records,
  people,
  effect,
  classes,
  confidence,
  why,
  alternatives,
}: OperationProposal): string {
  const parts = [
    peopleText(people),
    ...(effect === "read" ? [] : [`effect: ${effect}`]),
    `classes: [${todo}]`,
  ];
  const comment = `${records} sampled; ${why}: ${confidenceWord(confidence)}${hints(classes, alternatives)}`;
  return `      ${yamlText(name)}: { ${parts.join(", ")} } # ${commentText(comment)}`;
}

/** Only shown: as an unclassified operation it is read in the safest way. */
function unknownLine({
  name,
  records,
  effect,
  classes,
  mayBeIgnored,
  why,
  alternatives,
}: OperationProposal): string {
  if (mayBeIgnored) {
    return commentLine(
      `${yamlText(name)}: { ignore: true }`,
      `${records} sampled; sounds like a sign of life: only when it reads nobody's data`,
    );
  }
  const effectText = effect === "read" ? "" : `effect: ${effect}, `;
  return commentLine(
    `${yamlText(name)}: { people: unknown, ${effectText}classes: [${todo}] }`,
    `${records} sampled; ${why}${hints(classes, alternatives)}`,
  );
}

function hints(classes: readonly string[], alternatives: readonly string[]): string {
  const hint = classes.length === 0 ? "" : `; its name suggests ${classes.join(", ")}`;
  return `${hint}${alternatives.map((other) => `; or ${other}`).join("")}`;
}

function commentLine(line: string, comment: string): string {
  return `      # ${commentText(line)} # ${commentText(comment)}`;
}

function peopleText(people: PeopleProposal): string {
  switch (people.kind) {
    case "unknown":
      return "people: unknown";
    case "rows":
      return `rows: ${yamlText(people.path)}`;
    case "account":
    case "accounts":
      return people.pattern === null
        ? `${people.kind}: ${yamlText(people.path)}`
        : `${people.kind}: { path: ${yamlText(people.path)}, pattern: ${yamlText(people.pattern)} }`;
  }
}

const chainsShownMax = 50;

function coverageLines({
  sequence,
  format,
  firstTime,
  lastTime,
  longestSilenceSeconds,
}: SourceProfile): readonly string[] {
  const seen =
    firstTime === null ? "" : ` Times in the sample reach from ${firstTime} to ${lastTime ?? "?"}.`;
  const lines = [
    `coverage: none is proposed, because a sample can't tell when this log really watched.${seen}`,
  ];
  if (sequence !== null) {
    const { path, per, chains, steps, of } = sequence;
    const each = per === null ? "" : ` for each of ${chains.length} values of ${per}`;
    const proof =
      per === null
        ? "proof: sequence"
        : `sequence: { per: ${yamlText(per)}, chains: [${chains.slice(0, chainsShownMax).map(yamlText).join(", ")}] }`;
    lines.push(
      `${path} grows by one in ${steps} of ${of} sampled steps${each}. If it counts every line (and these are all chains):`,
      `  coverage: { from: ${todo}, to: ${todo}, ${proof} }`,
    );
  }
  if (format === "cloudtrail") {
    lines.push(
      "With the trail's digest files beside its logs:",
      `  coverage: { from: ${todo}, to: ${todo}, proof: digest }`,
    );
  }
  if (longestSilenceSeconds !== null) {
    lines.push(
      `The longest silence in the sample is ${longestSilenceSeconds} s. If something is logged at least that often, whatever happens:`,
      `  coverage: { from: ${todo}, to: ${todo}, heartbeat: { every: ${todo} } }`,
    );
  }
  lines.push(
    "Somebody's word, which never makes an answer exact:",
    `  coverage: { from: ${todo}, to: ${todo}, proof: asserted }`,
  );
  return lines.map(
    (line) => `    # ${line.startsWith("  ") ? line.replace(/[\r\n]/g, " ") : commentText(line)}`,
  );
}

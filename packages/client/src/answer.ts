/** What a client must do now, one thing (contracts 4, "What comes out"). */
export interface Directive {
  readonly measure: string;
  /** The rule that asks for it; the same rule is the same directive, however often it is heard. */
  readonly rule: string;
  /** False only for a recommended upgrade. */
  readonly required: boolean;
  readonly link?: string;
  /** Stands only when false: the store does not have the version yet. */
  readonly available?: false;
}

/** A service's answer to "what must I do now?". */
export interface Answer {
  readonly directives: readonly Directive[];
  /** The epoch that offline copies must have; 0: none is asked for. */
  readonly offlineEpoch: number;
}

/** The answer in the body of an OFREP bulk evaluation; null when it holds none. Unknown measures are handed on as they are. */
export function readAnswer(body: unknown): Answer | null {
  const flags = member(body, "flags");
  if (!Array.isArray(flags)) return null;
  const value = (key: string): unknown =>
    member(
      flags.find((flag) => member(flag, "key") === key),
      "value",
    );
  const listed = member(value("cordon.directives"), "directives");
  const offlineEpoch = value("cordon.offline-epoch");
  if (!Array.isArray(listed)) return null;
  if (typeof offlineEpoch !== "number" || !Number.isSafeInteger(offlineEpoch) || offlineEpoch < 0)
    return null;
  const directives: Directive[] = [];
  for (const each of listed as readonly unknown[]) {
    const directive = readDirective(each);
    if (directive === null) return null;
    directives.push(directive);
  }
  return { directives, offlineEpoch };
}

function readDirective(value: unknown): Directive | null {
  const measure = member(value, "measure");
  const rule = member(value, "rule");
  const required = member(value, "required");
  const link = member(value, "link");
  if (typeof measure !== "string" || typeof rule !== "string" || typeof required !== "boolean") return null;
  return {
    measure,
    rule,
    required,
    ...(typeof link === "string" ? { link } : {}),
    ...(member(value, "available") === false ? { available: false } : {}),
  };
}

/** A member of what may be anything; undefined when there is none. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

import { platforms as directoryPlatforms, touches, type DataClass } from "@cordon/model";
import type { Reader } from "../audiences/reader.ts";
import { mergeClaims } from "../facts/merged-claim.ts";
import type { Audience, ClaimFact, MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";
import { measuresFor } from "./measure-statements.ts";
import { say, type Statement } from "./statement.ts";

const signInClasses: readonly DataClass[] = ["user.authorization", "system.authentication"];
const paymentClasses: readonly DataClass[] = ["user.payment", "user.financial"];

function maybeAccessed(classes: ClaimFact["dataClasses"], among: readonly DataClass[]): boolean {
  return [...classes.accessed, ...classes.unknown].some((name) =>
    among.some((other) => touches(name, other)),
  );
}

/** What a reader whose data was or may have been accessed can do for themselves. */
export function adviceStatements(classes: ClaimFact["dataClasses"]): Statement[] {
  const said: Statement[] = [say("fixed", "beCareful", {})];
  if (maybeAccessed(classes, paymentClasses)) said.push(say("fixed", "watchPayments", {}));
  return said;
}

/** Whether "nobody needs a new password" is true: nobody is asked to, and no sign-in data was or may have been accessed. */
export function nobodyNeedsNewPassword(facts: NoticeFacts): boolean {
  const asked = facts.measures.some((measure) => measure.measure === "change_password");
  return !asked && !maybeAccessed(mergeClaims(facts.claims).dataClasses, signInClasses);
}

/** Measures that have to do with the app, and the platforms that none of them concerns. */
export function freePlatforms(measures: readonly MeasureFact[]): {
  readonly ofTheApp: readonly MeasureFact[];
  readonly free: readonly string[];
} {
  const ofTheApp = measures.filter(
    ({ measure }) => measure === "upgrade" || measure === "redownload" || measure === "refuse_client",
  );
  const free = directoryPlatforms.filter((platform) =>
    ofTheApp.every((measure) => measure.platforms !== null && !measure.platforms.includes(platform)),
  );
  return { ofTheApp, free };
}

/** What is not needed, said as plainly as what is: only where neither a measure nor the evidence speaks against it. */
export function needNotStatements(facts: NoticeFacts, audience: Audience, reader: Reader): Statement[] {
  const measures = measuresFor(facts, audience);
  const said: Statement[] = [];
  if (audience === "general" && measures.length === 0) said.push(say("no-measure", "nothingNeeded", {}));
  else if (reader !== null && reader.duties.length === 0 && isOptional(measures)) {
    said.push(say("no-measure", "nothingForYou", { at: { at: reader.asOf } }));
  }
  if (nobodyNeedsNewPassword(facts)) said.push(say("change_password", "noNewPassword", {}));
  const { ofTheApp, free } = freePlatforms(measures);
  if (ofTheApp.length === 0) said.push(say("upgrade", "noUpdate", {}));
  else if (free.length > 0) {
    said.push(say("upgrade", "noUpdateOn", { platforms: { platforms: free } }));
    const signIn = measures.some(
      ({ measure, platforms }) =>
        (measure === "reauthenticate" || measure === "change_password") &&
        (platforms === null || platforms.some((name) => free.includes(name))),
    );
    if (signIn) said.push(say("reauthenticate", "stillSignIn", {}));
  }
  return said;
}

/** Nothing among them meets every reader. */
function isOptional(measures: readonly MeasureFact[]): boolean {
  return measures.every(
    ({ measure, concerns }) =>
      concerns === "certain" || (measure !== "reauthenticate" && measure !== "change_password"),
  );
}

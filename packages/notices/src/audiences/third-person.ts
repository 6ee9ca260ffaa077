import { freePlatforms, nobodyNeedsNewPassword } from "../message/advice.ts";
import { measuresFor } from "../message/measure-statements.ts";
import { say, type Statement } from "../message/statement.ts";
import type { MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";

/** What is asked of people, told to somebody who is none of them. Measures for the affected alone are between them and us. */
export function askedOfPeople(facts: NoticeFacts): Statement[] {
  const said = measuresFor(facts, "general").flatMap((measure) => asked(measure, facts));
  const seen = new Set<string>();
  return said.filter((statement) => {
    const text = JSON.stringify(statement);
    return !seen.has(text) && seen.add(text);
  });
}

function asked(measure: MeasureFact, facts: NoticeFacts): Statement[] {
  const certain = measure.concerns === "certain";
  switch (measure.measure) {
    case "reauthenticate":
      return [say("reauthenticate", certain ? "pressSignInCertain" : "pressSignIn", {})];
    case "change_password":
      return [say("change_password", certain ? "pressNewPasswordCertain" : "pressNewPassword", {})];
    case "upgrade": {
      const below = { text: measure.below };
      return measure.platforms === null
        ? [say("upgrade", "pressUpgradeAll", { below })]
        : [say("upgrade", "pressUpgrade", { platforms: { platforms: measure.platforms }, below })];
    }
    case "redownload":
      return [say("redownload", "pressRedownload", {})];
    case "refuse_client":
      return measure.trusted.length === 0
        ? []
        : [
            say("refuse_client", "pressTrusted", {
              stores: { stores: measure.trusted, service: facts.service },
            }),
          ];
  }
}

/** What nobody is asked to do, as plainly as what some are. */
export function notAskedOfPeople(facts: NoticeFacts): Statement[] {
  const said: Statement[] = [];
  if (nobodyNeedsNewPassword(facts)) said.push(say("change_password", "pressNoNewPassword", {}));
  const { ofTheApp, free } = freePlatforms(facts.measures);
  if (ofTheApp.length === 0) said.push(say("upgrade", "pressNoUpdate", {}));
  else if (free.length > 0) said.push(say("upgrade", "pressNoUpdateOn", { platforms: { platforms: free } }));
  return said;
}

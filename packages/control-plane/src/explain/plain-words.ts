import type { AccountExplanation } from "@cordon/contract";

type Explained = Omit<AccountExplanation, "tell">;

/**
 * What the support desk can tell somebody: statements rest on claims that hold, not on answers that nobody has stood up for.
 * A sentence each, and none says more than the records do.
 */
export function plainWords({ directory, reads, measures, notices }: Explained): string[] {
  return [
    ...(directory.known ? [] : ["We know no account with this id. Please check it with them."]),
    ...(directory.leftAt === null
      ? []
      : ["This account has left us; what is said here is about the time before."]),
    ...ofReads(reads),
    ...ofMeasures(measures),
    ...ofNotices(notices),
  ];
}

function ofReads(reads: Explained["reads"]): string[] {
  const sentences: string[] = [];
  for (const { named, possible, claimed, window, classes } of reads) {
    const when = `between ${dayOf(window.from)} and ${dayOf(window.to)}`;
    if (!possible) {
      if (claimed) sentences.push(`Our records show no access to their data ${when}.`);
      continue;
    }
    if (!claimed)
      sentences.push(`What happened ${when} is still being looked into; nothing has been confirmed yet.`);
    else if (named === true)
      sentences.push(`Somebody without permission read data of theirs ${when}: ${listed(classes.read)}.`);
    else sentences.push(`We cannot rule out that somebody without permission read data of theirs ${when}.`);
    if (claimed && classes.open.length > 0)
      sentences.push(`Of this we do not know whether it was read: ${listed(classes.open)}.`);
  }
  return [...new Set(sentences)];
}

const asks: Readonly<Record<string, string>> = {
  reauthenticate: "They are asked to sign in again.",
  change_password: "They are asked to choose a new password when they sign in.",
  upgrade: "Their app has to be updated.",
  redownload: "Content that they keep offline is downloaded anew.",
  refuse_client: "Their app did not come from a store that we trust: it has to be installed from one.",
};

function ofMeasures(measures: Explained["measures"]): string[] {
  const sentences = measures.flatMap(({ directives }) =>
    directives.map(({ measure, required }) =>
      measure === "upgrade" && !required ? "An update of their app is recommended." : (asks[measure] ?? ""),
    ),
  );
  const later = measures.flatMap(({ rules }) =>
    rules.flatMap(({ measure, opensAt, because }) =>
      opensAt !== null && (because === "wave-closed" || because === "rollout-ahead")
        ? [`From ${opensAt} on: ${(asks[measure] ?? "").replace(/\.$/, "").toLowerCase()}.`]
        : [],
    ),
  );
  const all = [...new Set([...sentences, ...later])].filter((sentence) => sentence !== "");
  return all.length === 0 && measures.length > 0 ? ["Nothing is asked of them now."] : all;
}

const fates: Readonly<Record<string, string>> = {
  planned: "A message to them is waiting to be sent.",
  leased: "A message to them is being sent.",
  handed_over: "A message was sent to their address.",
  confirmed: "A message reached their mailbox.",
  bounced: "A message to them came back: their address may be wrong.",
  failed: "A message could not be sent to them.",
  unknown: "A message to them may have been sent; we cannot tell.",
  unreachable: "No message could be sent: we have no address of theirs.",
};

function ofNotices(notices: Explained["notices"]): string[] {
  return [...new Set(notices.flatMap(({ state }) => fates[state] ?? []))];
}

function dayOf(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** `user.contact.email` as `contact e-mail`. */
function listed(classes: readonly string[]): string {
  const words = classes.map((each) =>
    each
      .replace(/^user\./, "")
      .replaceAll(/[._]/g, " ")
      .replace(/\bemail\b/, "e-mail"),
  );
  return words.length === 0 ? "nothing that the records name" : words.join(", ");
}

import { problemTypes } from "../../src/api/problem.ts";
import type { Licence, LicencesAnswer, Ticket } from "../../src/api/offline-api.ts";
import { ApiError, get, post, query, send } from "../state/api.ts";

const licencesMax = 100;
const pollMsMax = 30_000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Licences for these tracks; without those that the server no longer has. */
export async function fetchLicences(
  trackIds: readonly string[],
  onTime: (serverMs: number) => Promise<void>,
): Promise<readonly Licence[]> {
  const licences: Licence[] = [];
  for (let at = 0; at < trackIds.length; at += licencesMax) {
    const track = trackIds.slice(at, at + licencesMax);
    const answer = await get<LicencesAnswer>(`/api/offline/licences?${query({ track })}`);
    await onTime(Date.parse(answer.now));
    licences.push(...answer.licences);
  }
  return licences;
}

/** Waits in the service's queue until it admits this installation; tells the place meanwhile. */
export async function awaitTicket(onPlace: (place: number) => void): Promise<string> {
  let ticket = await post<Ticket>("/api/offline/tickets");
  while (ticket.state === "waiting") {
    onPlace(ticket.place);
    await pause(Math.min(pollMsMax, Math.max(250, ticket.retryAfterSeconds * 1000)));
    ticket = await get<Ticket>(`/api/offline/tickets/${ticket.id}`);
  }
  return ticket.id;
}

/** Gives the place back; it would end by itself. */
export async function returnTicket(id: string): Promise<void> {
  await send("DELETE", `/api/offline/tickets/${id}`).catch(() => undefined);
}

/** A track's sealed content; waits when the service asks for it. */
export async function fetchContent(licence: Licence, ticket: string): Promise<ArrayBuffer> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await send("GET", `${licence.contentUrl}&ticket=${encodeURIComponent(ticket)}`);
      return await response.arrayBuffer();
    } catch (error) {
      const waits = error instanceof ApiError && error.type === problemTypes.notAdmitted && attempt < 5;
      if (!waits) throw error;
      await pause(Math.min(pollMsMax, Math.max(1_000, error.retryAfterMs)));
    }
  }
}

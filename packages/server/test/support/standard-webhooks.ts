import { createHmac } from "node:crypto";

/** A signature of Standard Webhooks, made by the specification: HMAC-SHA256 over `id.timestamp.body`. */
export function webhookSignature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** The event of a message whose signature holds; throws for any other. */
export function verifiedEvent(
  secret: string,
  { headers, body }: { readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer },
): unknown {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    String(headers[name]),
  );
  const expected = webhookSignature(secret, id ?? "", timestamp ?? "", body.toString());
  if (signatures?.split(" ").includes(expected) !== true) throw new Error("no signature holds");
  return JSON.parse(body.toString());
}

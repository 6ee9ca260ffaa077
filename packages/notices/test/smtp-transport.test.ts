import { SMTPServer } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { parseSmtpUrl, smtpTransport, type MessageTransport, type OutgoingMessage } from "../src/index.ts";
import { drop, silence, scriptedSmtp, type Script, type ScriptedSmtp } from "./support/scripted-smtp.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function message(to: string, body = "hello"): OutgoingMessage {
  return {
    from: "from@overture.example",
    to,
    bytes: Buffer.from(`To: ${to}\r\nSubject: s\r\n\r\n${body}\r\n`),
  };
}

async function server(script: Script): Promise<ScriptedSmtp> {
  const started = await scriptedSmtp(script);
  closing.push(() => started.close());
  return started;
}

function transportTo(
  port: number,
  options: Partial<Parameters<typeof smtpTransport>[0]> = {},
): MessageTransport {
  const transport = smtpTransport({
    server: parseSmtpUrl(`smtp://127.0.0.1:${port}`),
    connections: 1,
    ...options,
  });
  closing.push(() => transport.close());
  return transport;
}

test.each([true, false])("a message that the server took is delivered, pipelining %s", async (pipelining) => {
  const { port, arrived } = await server({ pipelining });
  const transport = transportTo(port);
  expect(await transport.send(message("a@b.example"))).toEqual({ kind: "delivered", replyCode: 250 });
  expect(await transport.send(message("c@d.example"))).toEqual({ kind: "delivered", replyCode: 250 });
  expect(arrived.map(({ address }) => address)).toEqual(["a@b.example", "c@d.example"]);
});

test("a line that is a single dot arrives as it is and does not end the message", async () => {
  const { port, arrived } = await server({});
  await transportTo(port).send(message("a@b.example", "one\r\n.\r\n..two\r\nQUIT"));
  expect(arrived[0]?.message).toContain("one\r\n.\r\n..two\r\nQUIT");
});

test.each([
  [
    "5xx to the recipient",
    { onRecipient: () => "550 5.1.1 no such user" },
    { kind: "refused", replyCode: 550, status: "5.1.1" },
  ],
  [
    "5xx to the message",
    { onMessage: () => "554 5.7.1 spam" },
    { kind: "refused", replyCode: 554, status: "5.7.1" },
  ],
  [
    "4xx to the recipient",
    { onRecipient: () => "451 4.7.1 greylisted" },
    { kind: "deferred", replyCode: 451, status: "4.7.1" },
  ],
  [
    "4xx to the message",
    { onMessage: () => "452 4.3.1 full" },
    { kind: "deferred", replyCode: 452, status: "4.3.1" },
  ],
  [
    "421 to the recipient",
    { onRecipient: () => "421 4.3.2 closing" },
    { kind: "deferred", replyCode: 421, status: "4.3.2" },
  ],
  [
    "421 to the message",
    { onMessage: () => "421 4.3.2 closing" },
    { kind: "deferred", replyCode: 421, status: "4.3.2" },
  ],
  ["a connection lost before DATA", { onRecipient: () => drop }, { kind: "disconnected" }],
  ["half a refusal before DATA", { onRecipient: () => ({ cut: "550 no su" }) }, { kind: "disconnected" }],
  ["a connection lost after the final dot", { onMessage: () => drop }, { kind: "reply_lost" }],
  ["half a refusal after the final dot", { onMessage: () => ({ cut: "550 no" }) }, { kind: "reply_lost" }],
  ["half a reply after the final dot", { onMessage: () => ({ cut: "250 o" }) }, { kind: "reply_lost" }],
] satisfies readonly (readonly [string, Script, object])[])("%s", async (_what, script, expected) => {
  for (const pipelining of [true, false]) {
    const { port } = await server({ ...script, pipelining });
    expect(await transportTo(port).send(message("a@b.example"))).toEqual(expected);
  }
});

test("a server that says nothing after the final dot leaves the fate open", async () => {
  const { port } = await server({ onMessage: () => silence });
  expect(await transportTo(port, { replyTimeoutMs: 3_000 }).send(message("a@b.example"))).toEqual({
    kind: "reply_lost",
  });
});

test("a refused recipient leaves the connection clean for the next", async () => {
  const smtp = await server({ onRecipient: (address) => (address.startsWith("no") ? "550 no" : "250 ok") });
  const transport = transportTo(smtp.port);
  expect(await transport.send(message("no@b.example"))).toMatchObject({ kind: "refused" });
  expect(await transport.send(message("yes@b.example"))).toMatchObject({ kind: "delivered" });
  expect(smtp.connections).toBe(1);
});

test("a connection that was idle when it was lost is replaced, and the message goes out once", async () => {
  let first = true;
  const smtp = await server({
    onRecipient: (address) => {
      if (address !== "b@b.example" || !first) return "250 ok";
      first = false;
      return drop;
    },
  });
  const transport = transportTo(smtp.port);
  await transport.send(message("a@b.example"));
  expect(await transport.send(message("b@b.example"))).toMatchObject({ kind: "delivered" });
  expect(smtp.arrived.map(({ address }) => address)).toEqual(["a@b.example", "b@b.example"]);
});

test("a sender whom the server refuses is nobody's message's fault", async () => {
  const { port } = await server({ onSender: () => "550 not from here" });
  expect(await transportTo(port).send(message("a@b.example"))).toMatchObject({ kind: "unavailable" });
});

test("a server that is not there is unavailable for all that wait", async () => {
  const { port, close } = await scriptedSmtp();
  await close();
  const transport = transportTo(port, { connections: 2 });
  const all = await Promise.all(
    ["a", "b", "c", "d"].map((name) => transport.send(message(`${name}@b.example`))),
  );
  expect(all.map(({ kind }) => kind)).toEqual(["unavailable", "unavailable", "unavailable", "unavailable"]);
});

test("a server that takes one connection only is used with one", async () => {
  const smtp = await server({ onConnection: (nth) => (nth === 1 ? "220 ok" : "421 too many connections") });
  const transport = transportTo(smtp.port, { connections: 3 });
  await transport.send(message("first@b.example"));
  const all = await Promise.all(
    ["a", "b", "c", "d"].map((name) => transport.send(message(`${name}@b.example`))),
  );
  expect(all.map(({ kind }) => kind)).toEqual(["delivered", "delivered", "delivered", "delivered"]);
});

test("a message over the server's limit is not begun", async () => {
  const smtp = new SMTPServer({ authOptional: true, size: 100, hideSTARTTLS: true, logger: false });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => smtp.close(() => resolve())));
  const address = smtp.server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const transport = transportTo(port);
  expect(await transport.send(message("a@b.example", "x".repeat(200)))).toEqual({ kind: "oversized" });
});

test("with `tls=required` a server without STARTTLS gets nothing", async () => {
  const smtp = await server({});
  const transport = transportTo(0, { server: parseSmtpUrl(`smtp://127.0.0.1:${smtp.port}?tls=required`) });
  expect(await transport.send(message("a@b.example"))).toMatchObject({ kind: "unavailable" });
  expect(smtp.arrived).toEqual([]);
});

test("a certificate that nobody vouches for is refused", async () => {
  const smtp = new SMTPServer({ secure: true, authOptional: true, logger: false });
  smtp.on("error", () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => smtp.close(() => resolve())));
  const address = smtp.server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const transport = transportTo(0, { server: parseSmtpUrl(`smtps://127.0.0.1:${port}`) });
  expect(await transport.send(message("a@b.example"))).toMatchObject({ kind: "unavailable" });
});

test("a login is made, and a wrong one shows neither user nor password", async () => {
  const seen: string[] = [];
  const smtp = new SMTPServer({
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    logger: false,
    onAuth: (auth, _session, done) => {
      seen.push(`${auth.username ?? ""}:${auth.password ?? ""}`);
      if (auth.password === "right") done(null, { user: "u" });
      else done(new Error("no"));
    },
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on("end", () => done());
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => smtp.close(() => resolve())));
  const address = smtp.server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const right = transportTo(0, { server: parseSmtpUrl(`smtp://robot:right@127.0.0.1:${port}`) });
  expect(await right.send(message("a@b.example"))).toMatchObject({ kind: "delivered" });
  const wrong = transportTo(0, { server: parseSmtpUrl(`smtp://robot:sekret@127.0.0.1:${port}`) });
  const failed = await wrong.send(message("a@b.example"));
  expect(failed).toMatchObject({ kind: "unavailable" });
  expect(JSON.stringify(failed)).not.toContain("sekret");
  expect(seen).toEqual(["robot:right", "robot:sekret"]);
});

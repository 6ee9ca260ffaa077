import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { parseSmtpUrl, smtpTransport, type OutgoingMessage } from "../src/index.ts";
import { extensionsOf, stuffed } from "../src/smtp/smtp-wire.ts";
import { drop, scriptedSmtp, type Script } from "./support/scripted-smtp.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function start(script: Script) {
  const smtp = await scriptedSmtp(script);
  closing.push(() => smtp.close());
  const transport = smtpTransport({
    server: parseSmtpUrl(`smtp://127.0.0.1:${smtp.port}`),
    connections: 1,
  });
  closing.push(() => transport.close());
  return { smtp, transport };
}

function message(to: string, alsoTo: readonly string[] = []): OutgoingMessage {
  return { from: "from@overture.example", to, alsoTo, bytes: Buffer.from("Subject: s\r\n\r\nhello\r\n") };
}

test("on the wire no line is a single dot, every line ends in CRLF, and the server reads what was written", () => {
  const piece = fc.constantFrom("\r\n", "\n", "\r", ".", "..", "a", "\r\n.\r\n", "\n.\n");
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      const sent = Buffer.from(stuffed(Buffer.from(text, "latin1"))).toString("latin1");
      expect(sent).not.toMatch(/(?:^|[\r\n])\.(?:[\r\n]|$)/);
      expect(sent.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
      const read = sent.replace(/^\./gm, "");
      const written = text.replace(/\r\n|\r|\n/g, "\r\n");
      expect(read).toBe(written === "" || written.endsWith("\r\n") ? written : `${written}\r\n`);
    }),
  );
});

test("what a server offers is read from its reply to EHLO, and nothing from one to HELO", () => {
  expect(extensionsOf("250-mx.example\n250-size 1000\n250 PIPELINING")).toEqual({
    pipelining: true,
    sizeMax: 1000,
  });
  expect(extensionsOf("250-mx.example\r\n250 SIZE")).toEqual({ pipelining: false, sizeMax: 0 });
  expect(extensionsOf("250 mx.example PIPELINING")).toEqual({ pipelining: false, sizeMax: null });
});

test.each([true, false])(
  "taken for one of a person's addresses it is handed over, pipelining %s",
  async (pipelining) => {
    const { smtp, transport } = await start({
      pipelining,
      onRecipient: (address) => (address.startsWith("no") ? "550 5.1.1 no" : "250 ok"),
    });
    expect(await transport.send(message("no@b.example", ["yes@b.example"]))).toMatchObject({
      kind: "delivered",
    });
    expect(smtp.arrived).toHaveLength(1);
  },
);

test.each([true, false])(
  "one address refused for good and one for now is tried again, pipelining %s",
  async (pipelining) => {
    const { transport } = await start({
      pipelining,
      onRecipient: (address) => (address.startsWith("no") ? "550 5.1.1 no" : "451 4.7.1 later"),
    });
    expect(await transport.send(message("no@b.example", ["later@b.example"]))).toEqual({
      kind: "deferred",
      replyCode: 451,
      status: "4.7.1",
    });
  },
);

test("a server that lets nobody's message begin gets none, and the next message goes out once", async () => {
  let senders = 0;
  const { smtp, transport } = await start({
    onSender: () => (++senders === 1 ? "552 5.3.4 too much" : "250 ok"),
  });
  // This server says 354 although it refused the sender.
  expect(await transport.send(message("a@b.example"))).toMatchObject({ kind: "refused", replyCode: 552 });
  expect(await transport.send(message("b@b.example"))).toMatchObject({ kind: "delivered" });
  expect(smtp.arrived.map(({ address }) => address)).toEqual(["b@b.example"]);
});

test("a whole refusal counts although the connection is reset right after it", async () => {
  const { transport } = await start({ onRecipient: () => "421 4.3.2 closing" });
  expect(await transport.send(message("a@b.example"))).toMatchObject({ kind: "deferred", replyCode: 421 });
});

test("what a server says unasked is never taken for a reply to the next message", async () => {
  const { smtp, transport } = await start({
    // Two replies to one message: the second would be taken for that to the next envelope.
    onMessage: (address) => (address === "a@b.example" ? "250 ok\r\n250 and again" : "250 ok"),
  });
  expect(await transport.send(message("a@b.example"))).toMatchObject({ kind: "delivered" });
  expect(await transport.send(message("b@b.example"))).toMatchObject({ kind: "delivered" });
  expect(smtp.connections).toBe(2);
  expect(smtp.arrived).toHaveLength(2);
});

test("words that are no SMTP after the message leave its fate open", async () => {
  const { transport } = await start({ onMessage: () => "thanks, got it" });
  expect(await transport.send(message("a@b.example"))).toEqual({ kind: "reply_lost" });
});

test("a server that resets every connection after it took the message: each fate is unknown, none is sent twice", async () => {
  const { smtp, transport } = await start({ onMessage: () => drop });
  for (const name of ["a", "b", "c"])
    expect(await transport.send(message(`${name}@b.example`))).toEqual({ kind: "reply_lost" });
  expect(smtp.arrived.map(({ address }) => address)).toEqual(["a@b.example", "b@b.example", "c@b.example"]);
});

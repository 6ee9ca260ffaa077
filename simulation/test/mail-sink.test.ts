import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MailSink } from "../src/mail/mail-sink.ts";
import { decoyEmail, Population } from "../src/population/population.ts";

const population = new Population({ accounts: 20, seed: 2014 });
let sink: MailSink;
let port: number;

beforeEach(async () => {
  sink = new MailSink(population.accounts);
  port = await sink.listen();
});

afterEach(() => sink.close());

/** Says one SMTP line and waits for the reply. */
async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [reply] = (await once(socket, "data")) as [Buffer];
  return reply.toString();
}

async function begin(to: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "data");
  await say(socket, "EHLO test\r\n");
  await say(socket, "MAIL FROM:<security@overture.example>\r\n");
  await say(socket, `RCPT TO:<${to}>\r\n`);
  await say(socket, "DATA\r\n");
  return socket;
}

function message(to: string, id: string, text: string): string {
  return `To: ${to}\r\nMessage-ID: <${id}>\r\nDate: now\r\nSubject: notice\r\n\r\n${text}\r\n`;
}

async function send(to: string, id: string, text: string): Promise<void> {
  const socket = await begin(to);
  expect(await say(socket, `${message(to, id, text)}.\r\n`)).toMatch(/^250/);
  socket.destroy();
}

const email = (index: number) => population.person(index).email;

describe("the mail sink", () => {
  it("counts distinct messages, people and texts", async () => {
    for (let index = 0; index < 5; index++)
      await send(email(index), `m${index}`, index === 0 ? "yours" : "to all");
    const summary = sink.record.summary();
    expect(summary).toMatchObject({
      messages: 5,
      distinct: 5,
      duplicates: 0,
      people: 5,
      toDecoys: 0,
      toStrangers: 0,
    });
    expect(summary.texts.map((text) => text.messages)).toEqual([1, 4]);
    expect(sink.record.firstNumber(0)).toBe(1);
    expect(sink.record.firstText(0)).toBe(summary.texts[0]?.key);
    expect(sink.record.firstNumber(9)).toBeNull();
  });

  it("finds the same message sent twice", async () => {
    await send(email(1), "m1", "to all");
    await send(email(1), "m1", "to all");
    expect(sink.record.summary()).toMatchObject({ messages: 2, distinct: 1, duplicates: 1 });
  });

  it("finds one text sent to a person twice under two Message-IDs", async () => {
    await send(email(1), "m1", "to all");
    await send(email(1), "m2", "to all");
    expect(sink.record.summary()).toMatchObject({ distinct: 2, duplicates: 1 });
  });

  it("does not count a message whose sender died before its final dot", async () => {
    const socket = await begin(email(2));
    socket.write(message(email(2), "m2", "half of"));
    socket.resetAndDestroy();
    await send(email(3), "m3", "to all");
    expect(sink.record.summary()).toMatchObject({ messages: 1, people: 1 });
    expect(sink.record.firstNumber(2)).toBeNull();
  });

  it("tells planted records and strangers from people", async () => {
    await send(decoyEmail, "m1", "to all");
    await send("somebody@elsewhere.example", "m2", "to all");
    expect(sink.record.summary()).toMatchObject({ messages: 2, people: 0, toDecoys: 1, toStrangers: 1 });
  });

  it("forgets on request", async () => {
    await send(email(1), "m1", "to all");
    sink.reset();
    expect(sink.record.summary()).toMatchObject({ messages: 0, distinct: 0, texts: [] });
  });
});

import { expect, test } from "vitest";
import { parseSmtpUrl } from "../src/index.ts";

test("a plain URL takes TLS when it is offered, on the submission port", () => {
  expect(parseSmtpUrl("smtp://mail.example")).toEqual({
    host: "mail.example",
    port: 587,
    tls: "offered",
    login: null,
  });
});

test("smtps is encrypted from the start and a login is decoded", () => {
  expect(parseSmtpUrl("smtps://us%40er:p%3Aw@mail.example:4465")).toEqual({
    host: "mail.example",
    port: 4465,
    tls: "from-start",
    login: { user: "us@er", password: "p:w" },
  });
});

test("a login to another machine requires STARTTLS, to this one it does not", () => {
  expect(parseSmtpUrl("smtp://u:p@mail.example").tls).toBe("required");
  expect(parseSmtpUrl("smtp://u:p@127.0.0.1:25").tls).toBe("offered");
  expect(parseSmtpUrl("smtp://u:p@[::1]:25")).toMatchObject({ host: "::1", tls: "offered" });
});

test.each([
  "mail.example",
  "http://mail.example",
  "smtp://",
  "smtp://mail.example/path",
  "smtp://u@mail.example",
  "smtp://mail.example?tls=maybe",
  "smtp://mail.example?pool=1",
  "smtps://mail.example?tls=never",
  "smtp://u:sekret@mail.example?tls=never",
  "smtp://u:sekret@mail.example?tls=offered",
])("`%s` is refused without being repeated", (url) => {
  expect(() => parseSmtpUrl(url)).toThrow(expect.objectContaining({ code: "ERR_SMTP_URL" }));
  expect(() => parseSmtpUrl(url)).not.toThrow(/sekret/);
});

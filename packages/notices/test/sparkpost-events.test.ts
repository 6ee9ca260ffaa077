import { expect, test } from "vitest";
import { NoticeError, returnsOfSparkPostEvents, saysForGood } from "../src/index.ts";

const token = `n1-${"0".repeat(32)}`;
const batch = (event: object, kind = "message_event"): string =>
  JSON.stringify([{ msys: { [kind]: { rcpt_meta: { "cordon-token": token }, ...event } } }]);

test.each([
  ["a delivery confirms", { type: "delivery" }, [{ token, kind: "confirmed", status: null }]],
  [
    "no such recipient is a bounce for good",
    { type: "bounce", bounce_class: "10" },
    [{ token, kind: "bounced", status: "5.1.1" }],
  ],
  [
    "a full mailbox is a bounce of this message",
    { type: "bounce", bounce_class: "22" },
    [{ token, kind: "bounced", status: null }],
  ],
  [
    "a message that came back later is one",
    { type: "out_of_band", bounce_class: "30" },
    [{ token, kind: "bounced", status: "5.1.1" }],
  ],
  ["an automatic reply is none", { type: "out_of_band", bounce_class: "60" }, []],
  [
    "a message that was never sent is one",
    { type: "policy_rejection" },
    [{ token, kind: "bounced", status: null }],
  ],
  ["a complaint is told", { type: "spam_complaint" }, [{ token, kind: "complained", status: null }]],
  ["a delay changes nothing", { type: "delay", bounce_class: "20" }, []],
])("%s", (_name, event, returned) => {
  expect(returnsOfSparkPostEvents(batch(event))).toEqual(returned);
});

test("a message without our token, and a batch that tries the address, change nothing", () => {
  expect(returnsOfSparkPostEvents(batch({ type: "bounce", rcpt_meta: {} }))).toEqual([]);
  expect(returnsOfSparkPostEvents('[{"msys":{}}]')).toEqual([]);
});

test.each(["", "{}", "null", '{"msys":[]}'])("%j is refused", (body) => {
  expect(() => returnsOfSparkPostEvents(body)).toThrow(NoticeError);
});

test("only statuses of the address itself speak for good", () => {
  expect(["5.1.1", "5.1.10", "5.2.1"].every(saysForGood)).toBe(true);
  expect([null, "5.2.2", "4.1.1", "5.7.1", "5.3.4", "5.1.1x"].some(saysForGood)).toBe(false);
});

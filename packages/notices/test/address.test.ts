import fc from "fast-check";
import { expect, test } from "vitest";
import { addressFault, checkAddress } from "../src/message/address.ts";

test.each([
  "a@b.example",
  "first.last+tag@sub.overture.example",
  `${"a".repeat(64)}@b.example`,
  "o'hara@b.example",
])("%s can stand in an envelope", (address) => {
  expect(() => checkAddress(address)).not.toThrow();
});

test.each([
  ["empty", ""],
  ["no at", "a.example"],
  ["no local part", "@b.example"],
  ["no domain", "a@"],
  ["two mailboxes", "a@b.example,c@d.example"],
  ["a line break", "a@b.example\r\nBcc: c@d.example"],
  ["a line break in the local part", "a\nb@b.example"],
  ["a bracket", "a>@b.example"],
  ["a space", "a b@b.example"],
  ["quotes", '"a b"@b.example'],
  ["an address literal", "a@[127.0.0.1]"],
  ["a route", "@x.example:a@b.example"],
  ["a dot at the end of the local part", "a.@b.example"],
  ["an empty label", "a@b..example"],
  ["a hyphen at a label's edge", "a@-b.example"],
  ["a look-alike outside ASCII", "p\u0430yments@b.example"],
  ["a domain outside ASCII", "a@b\u00fccher.example"],
  ["a long local part", `${"a".repeat(65)}@b.example`],
  ["a long address", `a@${"b.".repeat(130)}example`],
  ["a null byte", "a\0@b.example"],
])("an address with %s is refused", (_what, address) => {
  expect(() => checkAddress(address)).toThrow(expect.objectContaining({ code: "ERR_NOTICE_ADDRESS" }));
});

test("no address that is taken can end a header line or an envelope command", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.nat({ max: 0x17f }).map((code) => String.fromCharCode(code)) }),
      (text) => {
        if (addressFault(text) !== null) return;
        // Reached only by what was taken.
        expect(text).toMatch(/^[\x21-\x7e]{3,254}$/);
        expect(text).not.toMatch(/[<>,;:"()[\]\\]/);
      },
    ),
    { numRuns: 300, examples: [["a@b.example"], ["a@b.example\n"]] },
  );
});

import { writeFile } from "node:fs/promises";

/** Whom a directory may hold: nobody checked what people typed in. */
export const hostile: Readonly<Record<string, { readonly email: string | null; readonly locale: string }>> = {
  "u-1": { email: "u-1@example.net", locale: "en" },
  "new-header": { email: "victim@example.net\r\nBcc: everybody@example.net", locale: "en" },
  "new-command": { email: "victim@example.net>\r\nRCPT TO:<other@example.net", locale: "en" },
  "two-people": { email: "victim@example.net, other@example.net", locale: "en" },
  homograph: { email: "аdmin@example.net", locale: "en" },
  "homograph-host": { email: "admin@exаmple.net", locale: "en" },
  oversized: { email: `${"x".repeat(300)}@example.net`, locale: "en" },
  "no-address": { email: null, locale: "en" },
  "no-language": { email: "no-language@example.net", locale: "" },
  german: { email: "german@example.net", locale: "de-AT" },
};

/** These, and `behindOneAddress` people who share `family@example.net`. JSONL. */
export async function writeHostileDirectory(file: string, behindOneAddress: number): Promise<void> {
  const many = Array.from({ length: behindOneAddress }, (_, i) => ({
    id: `family-${i}`,
    email: "family@example.net",
    locale: "en",
  }));
  const lines = [...Object.entries(hostile).map(([id, one]) => ({ id, ...one })), ...many].map(
    ({ id, email, locale }) =>
      JSON.stringify({
        account_id: id,
        created_at: "2013-01-01T00:00:00Z",
        market: "SE",
        locale: locale === "" ? null : locale,
        email,
      }),
  );
  await writeFile(file, `${lines.join("\n")}\n`);
}

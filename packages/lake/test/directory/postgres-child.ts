import { importDirectoryFromPostgres } from "@cordon/lake";

// node postgres-child.ts LAKE URL AS-OF-MS: one import from a database, to be killed.
const [, , lakeFolder = "", url = "", asOfMs = ""] = process.argv;
process.stdout.write("begun\n");
await importDirectoryFromPostgres({
  lakeFolder,
  postgres: { url, accounts: { table: "accounts" }, installations: { table: "installations" } },
  clock: () => Number(asOfMs),
});
process.stdout.write("done\n");

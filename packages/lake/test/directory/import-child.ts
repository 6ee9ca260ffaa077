import { importDirectory } from "@cordon/lake";

// node import-child.ts LAKE ACCOUNTS INSTALLATIONS AS-OF-MS: one import, to be killed.
const [, , lakeFolder = "", accountsFile = "", installationsFile = "", asOfMs = ""] = process.argv;
process.stdout.write("begun\n");
await importDirectory({ lakeFolder, accountsFile, installationsFile, asOfMs: Number(asOfMs) });
process.stdout.write("done\n");

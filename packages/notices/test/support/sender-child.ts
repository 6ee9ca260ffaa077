// A sending process of its own, to be killed: plans and sends one notice. Arguments: database URL, SMTP port, incident, people, in flight.
import { DeliveryLedger, sendPlanned } from "../../src/index.ts";
import { connect } from "./ledger-database.ts";
import { setUp } from "./sending-setup.ts";

const [url = "", port = "", incidentId = "", people = "", inFlightMax = ""] = process.argv.slice(2);
const { db, close } = connect(url);
const ledger = new DeliveryLedger(db, () => Date.now());
process.stdout.write("begins\n");
const { sending, transport } = await setUp(ledger, Number(port), { incidentId, people: Number(people) });
const abort = new AbortController();
process.once("SIGTERM", () => abort.abort());
const end = await sendPlanned({ ...sending, inFlightMax: Number(inFlightMax), signal: abort.signal });
await transport.close();
await close();
process.stdout.write(`${end.kind}\n`);

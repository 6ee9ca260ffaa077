import { Type, type Static, type TSchema } from "typebox";
import { Incident } from "./incident.ts";
import { Progress } from "./progress.ts";

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const BundleInForce = Type.Object(
  {
    version: Type.Integer(),
    sha256: Type.String(),
    bytes: Type.Integer(),
    asOf: Type.String(),
    inForceAt: Type.String(),
    rules: Type.Array(Type.Object({ id: Type.String(), measure: Type.String() })),
  },
  { title: "BundleInForce" },
);
export type BundleInForce = Static<typeof BundleInForce>;

/** Everything the status page shows; no account id, address or name of a customer is in it. */
export const Status = Type.Object(
  {
    at: Type.String(),
    version: Type.String(),
    incidents: Type.Array(Incident),
    bundle: orNull(BundleInForce),
    directory: orNull(
      Type.Object({ accounts: Type.Integer(), installations: Type.Integer(), asOf: Type.String() }),
    ),
    journal: Type.Object({
      entries: Type.Integer(),
      checkpoint: orNull(Type.Object({ size: Type.Integer(), rootHash: Type.String() })),
    }),
    enforcementPoints: Type.Array(Progress),
  },
  { title: "Status" },
);
export type Status = Static<typeof Status>;

export const Health = Type.Object({ status: Type.Literal("ok") }, { title: "Health" });
export type Health = Static<typeof Health>;

const Check = Type.String({ description: "`ok`, or why not" });

export const Readiness = Type.Object(
  {
    status: Type.Union([Type.Literal("ready"), Type.Literal("not-ready")]),
    checks: Type.Object({ database: Check, journal: Check, bundle: Check, disk: Check }),
  },
  { title: "Readiness" },
);
export type Readiness = Static<typeof Readiness>;

import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { IncidentId, PlanId } from "./text.ts";

const sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const ofPlan = Type.Object({ incidentId: IncidentId, planId: PlanId });

/** A bundle that is built and waits for the signatures that the trust root asks for. */
export const PreparedBundle = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$", description: "of the bytes without signatures" }),
    bytes: Type.Integer(),
    asOf: Type.String(),
    preparedAt: Type.String(),
    rules: Type.Array(Type.Object({ id: Type.String(), measure: Type.String() })),
    cohorts: Type.Record(Type.String(), Type.Integer(), { description: "members by measure id" }),
    difference: Type.Array(
      Type.Object({ ruleId: Type.String(), change: Type.Enum(["new", "changed", "same", "lifted"]) }),
    ),
    plans: Type.Array(ofPlan),
    lifted: Type.Array(ofPlan),
    threshold: Type.Integer({ minimum: 1 }),
    keyIds: Type.Array(Type.String(), { description: "keys of the trust root whose signatures count" }),
    signatures: Type.Array(Type.Object({ keyId: Type.String(), signed: orNull(Signed) }), {
      description: "`signed` is null for the control plane's own",
    }),
  },
  { title: "PreparedBundle" },
);
export type PreparedBundle = Static<typeof PreparedBundle>;

export const Prepared = Type.Object({ prepared: orNull(PreparedBundle) }, { title: "Prepared" });
export type Prepared = Static<typeof Prepared>;

/** A signature over the prepared bundle by the approver's own key. */
export const SignPrepared = Type.Object(
  {
    sha256,
    keyId: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    signature: Type.String({ pattern: "^[A-Za-z0-9+/]{86}==$", description: "Ed25519, base64" }),
  },
  { ...strict, title: "SignPrepared" },
);
export type SignPrepared = Static<typeof SignPrepared>;

import type { FieldName, Format } from "../data-map.ts";

type KnownPaths = Readonly<Partial<Record<FieldName, readonly string[]>>>;

/** Where formats with a schema keep the fields of the map, the best path first; a field without is not in the schema. */
export const wellKnownFields: Readonly<Partial<Record<Format, KnownPaths>>> = {
  // AWS CloudTrail record contents; `@timestamp` is what exports through log shippers keep instead of eventTime.
  cloudtrail: {
    time: ["eventTime", '"@timestamp"'],
    id: ["eventID"],
    actor: ["userIdentity.arn", "userIdentity.principalId", "userIdentity.invokedBy"],
    address: ["sourceIPAddress"],
    session: ["userIdentity.accessKeyId"],
    operation: ["eventName"],
    outcome: ["errorCode"],
  },
  // OCSF: API Activity 6003, Datastore Activity 6005, Authentication 3002, Account Change 3001.
  ocsf: {
    time: ["time"],
    id: ["metadata.uid", "metadata.original_uid"],
    actor: [
      "actor.user.uid",
      "actor.user.name",
      "user.uid",
      "user.name",
      "actor.user.credential_uid",
      "actor.invoked_by",
    ],
    address: ["src_endpoint.ip"],
    session: ["actor.session.uid", "session.uid", "actor.user.credential_uid"],
    operation: ["api.operation", "activity_name", "type_name", "activity_id", "type_uid"],
    outcome: ["status_id", "status"],
  },
  // The columns of csvlog; an audit record is written before its statement runs, so nothing tells how that ended.
  pgaudit: {
    time: ["log_time"],
    actor: ["user_name"],
    address: ["remote_host"],
    session: ["session_id", "process_id"],
    operation: ["operation"],
  },
};

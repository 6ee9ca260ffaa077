import { CordonError } from "@cordon/model";

export class ServerError extends CordonError<"ERR_SERVER_PORT_IN_USE" | "ERR_SERVER_PORT_REFUSED"> {}

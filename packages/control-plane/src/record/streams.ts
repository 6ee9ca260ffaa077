const incidentPrefix = "incident/";

/** Every bundle that was put in force, whatever incident asked for it. */
export const bundleStream = "bundles";

/** Bundles that wait for signatures, and the signatures. */
export const preparedStream = "prepared";

/** How many people must agree to what, of all incidents. */
export const limitsStream = "approval-limits";

export function incidentStream(incidentId: string): string {
  return `${incidentPrefix}${incidentId}`;
}

/** Where decisions on keeping were recorded before they were events of their incident; null for any other stream. */
export function incidentOfRetention(stream: string): string | null {
  const prefix = "retention/";
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : null;
}

/** The incident whose stream it is; null for any other stream. */
export function incidentOfStream(stream: string): string | null {
  return stream.startsWith(incidentPrefix) ? stream.slice(incidentPrefix.length) : null;
}

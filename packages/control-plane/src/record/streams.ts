const incidentPrefix = "incident/";

/** Every bundle that was put in force, whatever incident asked for it. */
export const bundleStream = "bundles";

/** Bundles that wait for signatures, and the signatures. */
export const preparedStream = "prepared";

export function incidentStream(incidentId: string): string {
  return `${incidentPrefix}${incidentId}`;
}

/** The incident whose stream it is; null for any other stream. */
export function incidentOfStream(stream: string): string | null {
  return stream.startsWith(incidentPrefix) ? stream.slice(incidentPrefix.length) : null;
}

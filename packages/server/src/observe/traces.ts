import { SpanStatusCode, type Span, type Tracer } from "@opentelemetry/api";

/** Spans of requests, sent elsewhere; what sends them is loaded only where an endpoint is named. */
export interface Traces {
  readonly tracer: Tracer;
  /** Sends what waits. */
  close(): Promise<void>;
}

/** null unless `OTEL_EXPORTER_OTLP_ENDPOINT` names where spans go (OpenTelemetry protocol over HTTP). */
export async function startTraces(version: string): Promise<Traces | null> {
  const endpoint = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (endpoint === undefined || endpoint === "") return null;
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  return { tracer: provider.getTracer("cordon", version), close: () => provider.shutdown() };
}

/** OpenTelemetry semantic conventions for HTTP, without the attributes that would hold ids or addresses. */
export function endSpan(
  span: Span,
  served: { readonly method: string; route: string; status: number },
): void {
  span.updateName(`${served.method} ${served.route}`);
  span.setAttributes({
    "http.request.method": served.method,
    "http.route": served.route,
    "http.response.status_code": served.status,
  });
  if (served.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

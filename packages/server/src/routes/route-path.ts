/** `{name}` of OpenAPI is `:name` of Fastify. */
export function routePath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

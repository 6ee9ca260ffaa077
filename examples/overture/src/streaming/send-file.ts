import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";

import send from "@fastify/send";
import type { FastifyReply, FastifyRequest } from "fastify";

interface SentFile {
  readonly folder: string;
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/**
 * Sends a file with ranges (RFC 9110, 14): 206, 416, 304, or all of it. Several ranges at once are answered with all of it, so
 * that overlapping ones can't multiply the work. False when the file is not there, or lies outside of its folder by now.
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: SentFile,
): Promise<boolean> {
  if (!(await isWithin(file))) return false;
  const encoded = `/${file.path.split("/").map(encodeURIComponent).join("/")}`;
  const result = await send(request.raw, encoded, {
    root: file.folder,
    dotfiles: "deny",
    index: false,
    cacheControl: false,
    contentType: false,
  });
  if (result.type === "directory" || [403, 404].includes(result.statusCode)) {
    result.stream.destroy();
    return false;
  }
  const problem = result.type === "error";
  void reply
    .code(result.statusCode)
    .headers(result.headers)
    .header("cache-control", file.cacheControl)
    .header("x-content-type-options", "nosniff")
    .header("content-security-policy", "default-src 'none'; sandbox");
  if (!problem && result.statusCode !== 304) void reply.type(file.contentType);
  void reply.send(result.stream);
  return true;
}

/** A file that was replaced by a link since the scan is not followed. */
async function isWithin({ folder, path }: SentFile): Promise<boolean> {
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    return real === join(root, path) && real.startsWith(root + sep);
  } catch {
    // It went away, or may not be read: the caller answers as for one that never was.
    return false;
  }
}

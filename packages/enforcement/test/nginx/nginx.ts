import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const gateways = fileURLToPath(new URL("../../../../docs/operate/gateways.md", import.meta.url));

/** The nginx configuration as docs/operate/gateways.md has it: what is documented is what is tested. */
function documentedConfig(): string {
  const block = readFileSync(gateways, "utf8").split("```nginx\n")[1]?.split("```")[0];
  if (block === undefined) throw new Error("no nginx configuration in docs/operate/gateways.md");
  return block;
}

export interface NginxPorts {
  readonly front: number;
  readonly gates: readonly [number, number];
  readonly app: number;
}

/** A real nginx with the documented configuration, on ports of its own. `change` is made to the configuration. */
export class Nginx {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, folder: string, url: string) {
    this.#process = process;
    this.#folder = folder;
    this.url = url;
  }

  static async start(
    folder: string,
    ports: NginxPorts,
    change: (config: string) => string = (config) => config,
  ): Promise<Nginx> {
    mkdirSync(folder, { recursive: true });
    const config = change(documentedConfig())
      .replaceAll("127.0.0.1:7411", `127.0.0.1:${ports.gates[0]}`)
      .replaceAll("127.0.0.1:7412", `127.0.0.1:${ports.gates[1]}`)
      .replaceAll("127.0.0.1:3000", `127.0.0.1:${ports.app}`)
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${ports.front}`);
    const file = join(folder, "nginx.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${join(folder, name)};`)
      .join("\n");
    writeFileSync(
      file,
      `daemon off; worker_processes 1; pid ${join(folder, "nginx.pid")};
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 1024; }
http { access_log off; keepalive_requests 100000000; ${temporary}
${config}
}
`,
    );
    const child = spawn("nginx", ["-c", file, "-e", join(folder, "error.log")], { stdio: "inherit" });
    const nginx = new Nginx(child, folder, `http://127.0.0.1:${ports.front}`);
    await nginx.#listening();
    return nginx;
  }

  errors(): string {
    return readFileSync(join(this.#folder, "error.log"), "utf8");
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exited;
  }

  async #listening(): Promise<void> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`nginx ended: ${this.errors()}`);
      try {
        await fetch(this.url);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** Ports that were free a moment ago: nginx and its gates must know each other's before they listen. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return ports;
}

// `npm start`: installs once, runs the drill and leaves the control plane open in the browser until Ctrl-C.
import { spawn } from "node:child_process";
import { get } from "node:http";
import path from "node:path";
import { ensureInstalled, pinnedEnvironment, pinnedNode, root } from "./installation.mjs";

const port = 7400;
const statusPage = `http://127.0.0.1:${port}/`;
const openers = { darwin: "open", win32: "explorer", linux: "xdg-open" };

ensureInstalled();
const drill = spawn(
  pinnedNode,
  [
    path.join(root, "packages/cli/bin/cordon.mjs"),
    "drill",
    "--stay",
    "--port",
    String(port),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit", env: pinnedEnvironment() },
);

// A terminal sends Ctrl-C to the drill as well: wait for its orderly end. A signal to this process alone is passed on.
let signalled = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signalled && signal === "SIGINT") return;
    signalled = true;
    drill.kill(signal);
  });
}
drill.on("error", (error) => {
  process.stderr.write(`the drill could not be started: ${error.message}\n`);
  process.exitCode = 1;
});
drill.on("exit", (code) => {
  clearInterval(untilAnswering);
  process.exitCode = signalled ? 0 : (code ?? 1);
});

// The browser is opened as soon as the status page answers, so that the drill can be watched in it.
const untilAnswering = setInterval(() => {
  const request = get(`${statusPage}healthz`, (answer) => {
    answer.resume();
    if (answer.statusCode !== 200) return;
    clearInterval(untilAnswering);
    openBrowser();
  });
  request.on("error", () => request.destroy());
}, 500);

function openBrowser() {
  const opener = openers[process.platform];
  const hasDesktop =
    process.platform !== "linux" ||
    process.env.DISPLAY !== undefined ||
    process.env.WAYLAND_DISPLAY !== undefined;
  if (!process.stdout.isTTY || !hasDesktop || opener === undefined) return;
  const browser = spawn(opener, [statusPage], { stdio: "ignore", detached: true });
  // The address is printed by the drill as well: a machine without that program loses nothing.
  browser.on("error", () => undefined);
  browser.unref();
}

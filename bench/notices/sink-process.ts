import { createServer } from "node:net";

/**
 * A mail server that takes everything and keeps nothing: `node sink-process.ts LATENCY_MS`. Tells its port over IPC, and how many messages
 * came when asked. With a latency it answers each message so late, as a server far away does.
 */
const latencyMs = Number(process.argv[2] ?? "0");
let messages = 0;

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.write("220 sink ESMTP\r\n");
  let rest = "";
  let inMessage = false;
  socket.on("data", (chunk) => {
    rest += chunk.toString("latin1");
    for (;;) {
      const end = inMessage ? rest.indexOf("\r\n.\r\n") : rest.indexOf("\r\n");
      if (end < 0) return;
      const line = rest.slice(0, Math.min(end, 8)).toUpperCase();
      rest = rest.slice(end + (inMessage ? 5 : 2));
      if (inMessage) {
        inMessage = false;
        messages++;
        if (latencyMs === 0) socket.write("250 taken\r\n");
        else setTimeout(() => socket.write("250 taken\r\n"), latencyMs);
      } else if (line.startsWith("EHLO")) socket.write("250-sink\r\n250 PIPELINING\r\n");
      else if (line.startsWith("DATA")) {
        inMessage = true;
        socket.write("354 go on\r\n");
      } else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
    }
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : 0 });
});
process.on("message", () => process.send?.({ messages }));
process.on("disconnect", () => process.exit());

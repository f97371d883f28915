// Ports for programs that must be told one before they start, so that port 0 cannot be used.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const first = 10_000;
const given = new Set();

/** The system takes ports of outgoing connections from here on: one of those could sit on ours by the time that it is bound. */
function firstOutgoing() {
    const start = Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t")[0]);
    return start > first + 1000 ? start : 60_000;
}

function isFree(port) {
    return new Promise((resolve) => {
        const server = createServer();
        server.on("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}

/** A port that nobody has now, and that is given only once: four of one gateway are four. */
export async function freePort() {
    for (;;) {
        const port = first + Math.floor(Math.random() * (firstOutgoing() - first));
        if (given.has(port)) continue;
        given.add(port);
        if (await isFree(port)) return port;
    }
}

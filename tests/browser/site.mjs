// The sites of the test web, in patterns that real ones use: pages and streams over HTTP/2 or HTTP/1.1, uploads, WebSockets, a service worker.
import { createHash } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createSecureServer } from "node:http2";

const websocketId = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3

const worker = `
self.addEventListener("install", (event) => event.waitUntil(caches.open("kept").then((cache) => cache.add("/kept-for-later"))));
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
self.addEventListener("fetch", (event) => event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request))));
`;

function stream(response) {
    response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" });
    response.write("started\n");
    const beat = setInterval(() => response.write("beat\n"), 100);
    response.on("close", () => clearInterval(beat));
}

/** Says how much came and what, as the page can work out too. */
function takeUpload(request, response) {
    const digest = createHash("sha256");
    let size = 0;
    request.on("data", (piece) => {
        size += piece.length;
        digest.update(piece);
    });
    request.on("end", () => response.end(JSON.stringify({ size, digest: digest.digest("hex") })));
}

/** Ranges of a file whose every byte is its place, as players of video ask for them. */
function sendRange(request, response) {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "bytes=0-999");
    const part = Buffer.from(Array.from({ length: to - from + 1 }, (_, place) => (Number(from) + place) % 251));
    response.writeHead(206, { "content-type": "video/mp4", "content-range": `bytes ${from}-${to}/1000000` });
    response.end(part);
}

/** What Windows would run, called a picture. */
function sendProgram(response) {
    response.writeHead(200, { "content-type": "image/png" });
    response.end(Buffer.concat([Buffer.from("MZ"), Buffer.alloc(2000)]));
}

function sendEvents(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("data: one\n\ndata: two\n\n");
}

function sendPage(request, response) {
    const host = request.headers[":authority"] ?? request.headers.host;
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
    const said = decodeURIComponent(request.url.replace("/says/", ""));
    response.end(`<!doctype html><html lang="en"><title>The real site</title><h1>The real ${host}</h1><p>${said}</p></html>`);
}

/** Every site of the test answers this. "/stream" never ends; "/says/WORDS" is a page with these words. */
function answer(request, response) {
    if (request.url === "/stream") return stream(response);
    if (request.url === "/upload") return takeUpload(request, response);
    if (request.url === "/video") return sendRange(request, response);
    if (request.url === "/events") return sendEvents(response);
    if (request.url === "/nice-picture") return sendProgram(response);
    if (request.url === "/version") return response.end(request.httpVersion);
    if (request.url === "/worker.js") {
        response.writeHead(200, { "content-type": "text/javascript" });
        return response.end(worker);
    }
    sendPage(request, response);
}

/** A WebSocket that sends back every short message in capitals. */
function talk(request, socket) {
    const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + websocketId).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on("error", () => socket.destroy());
    socket.on("data", (frame) => {
        if ((frame[0] & 15) !== 1) return socket.end(); // a goodbye
        const size = frame[1] & 127;
        const mask = frame.subarray(2, 6);
        const text = Buffer.from(frame.subarray(6, 6 + size).map((byte, place) => byte ^ mask[place % 4])).toString();
        socket.write(Buffer.concat([Buffer.from([0x81, size]), Buffer.from(text.toUpperCase())]));
    });
}

export function makeSecureSite(certificate) {
    const server = createSecureServer({ ...certificate, allowHTTP1: true }, answer).on("upgrade", talk);
    const open = new Set();
    server.on("secureConnection", (socket) => open.add(socket.on("close", () => open.delete(socket))));
    server.closeAllConnections = () => open.forEach((socket) => socket.destroy());
    return server;
}

export function makePlainSite() {
    return createHttpServer(answer);
}

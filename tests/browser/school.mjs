// A school day for the browser: the real daemon under a clock that can be moved, rooms to browse from, local sites behind the names of the web, and a
// browser profile that trusts the school's CA and the sites' CA, so that no certificate error is ever ignored on the way through the proxy.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, root } from "./lib.mjs";
import { freePort } from "./ports.mjs";
import { makePlainSite, makeSecureSite } from "./site.mjs";

const daemon = join(bin, "proxy", "gatehoused");
const ctl = join(bin, "tools", "ctl", "gatehouse");

/** Runs a program to its end; throws what it said if it failed. */
function run(program, words, options = {}) {
    const done = spawnSync(program, words, { encoding: "utf8", timeout: 60_000, ...options });
    if (done.status !== 0) throw new Error(`${program} ${words.join(" ")}: ${done.error ?? ""}${done.stdout}${done.stderr}`);
    return done.stdout;
}

/** Asks again until `condition` gives something true; what is waited for happens in another program. */
export async function eventually(condition, what, seconds = 10) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const value = await condition();
        if (value) return value;
        if (Date.now() > end) throw new Error(`${what} did not come true within ${seconds} s`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** The last weekday before an instant. */
function schoolDayBefore(instant) {
    const day = new Date(instant - 24 * 3600_000);
    while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setTime(day.getTime() - 24 * 3600_000);
    return day.toISOString().slice(0, 10);
}

/** The last before today: the browser keeps the real clock, and the certificates made on the school's clock must be valid on both. */
const lastSchoolDay = schoolDayBefore(Date.now());
/** The one before that. */
export const dayBefore = schoolDayBefore(Date.parse(lastSchoolDay));

// --- the clock ---------------------------------------------------------------------------------------------------------
/** Debian's faketime over a file; the clock goes on from the time written there. */
function makeClock(dir, day) {
    const folders = ["/usr/lib", ...readdirSync("/usr/lib").map((one) => join("/usr/lib", one))];
    const library = folders.map((one) => join(one, "faketime", "libfaketimeMT.so.1")).find((one) => existsSync(one));
    if (library === undefined) throw new Error("faketime is not installed");
    const file = join(dir, "clock");
    return {
        environment: {
            ...process.env, LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1",
            TZ: "Europe/London",
        },
        /** Local wall clock of the school day, "10:10:00"; another day may stand before it. */
        set(time) {
            writeFileSync(`${file}.new`, `@${time.includes(" ") ? time : `${day} ${time}`}\n`);
            renameSync(`${file}.new`, file);
        },
    };
}

// --- the web -----------------------------------------------------------------------------------------------------------
/** A CA of the test's own and one certificate for all names that the local sites have, made on the school's clock: the gateway checks it by that. */
function makeSiteCertificate(dir, names, env) {
    const at = (name) => join(dir, name);
    const start = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    run("openssl", ["req", "-x509", ...start, "-days", "30", "-subj", "/CN=CA of the test web", "-addext", "basicConstraints=critical,CA:TRUE",
        "-keyout", at("web-ca.key"), "-out", at("web-ca.crt")], { env });
    run("openssl", ["req", ...start, "-subj", "/CN=a site", "-keyout", at("site.key"), "-out", at("site.csr")], { env });
    writeFileSync(at("site.ext"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\nextendedKeyUsage=serverAuth\n`);
    run("openssl", ["x509", "-req", "-in", at("site.csr"), "-CA", at("web-ca.crt"), "-CAkey", at("web-ca.key"), "-CAcreateserial", "-days", "20",
        "-extfile", at("site.ext"), "-out", at("site.crt")], { env });
    return { key: readFileSync(at("site.key")), cert: readFileSync(at("site.crt")) };
}

function listening(server) {
    return new Promise((resolve, reject) => {
        server.on("error", reject);
        server.listen(0, "127.0.0.1", () => resolve(server.address().port));
    });
}

// --- the rooms ---------------------------------------------------------------------------------------------------------
/** A wire from a port here to the proxy that comes from the room's address: a browser cannot choose its own. */
async function openRoom(address, proxyPort) {
    const server = createServer({ allowHalfOpen: true }, (near) => {
        const far = connect({ port: proxyPort, host: "127.0.0.1", localAddress: address, allowHalfOpen: true });
        near.pipe(far).pipe(near);
        // An abortive close on one side is one on the other, as it would be without the wire.
        near.on("error", () => far.resetAndDestroy());
        far.on("error", () => near.resetAndDestroy());
        near.on("close", () => far.destroy());
        far.on("close", () => near.destroy());
    });
    return { server, url: `http://127.0.0.1:${await listening(server)}` };
}

// --- the configuration -------------------------------------------------------------------------------------------------
function writeSettings(config, ports, hosts, sitePorts, more) {
    const text = `time_zone = "Europe/London"
state_dir = "../var"
log_dir = "../var/log"
[listen]
proxy = ["127.0.0.1:${ports.proxy}"]
portal = "127.0.0.1:${ports.portal}"
console = "127.0.0.1:${ports.console}"
metrics = "127.0.0.1:${ports.metrics}"
[urls]
portal = "http://127.0.0.1:${ports.portal}"
console = "https://127.0.0.1:${ports.console}"
[reach]
private = ["127.0.0.0/8"]
extra_roots = ["../web-ca.crt"]
connect_ports = [443, ${sitePorts.join(", ")}]
http_ports = [80, 443, ${sitePorts.join(", ")}]
[deadlines]
drain = "2s"
[resolver]
hosts_file = "${hosts}"
servers = ["127.0.0.1:9"]
${more}`;
    writeFileSync(join(config, "gatehouse.toml"), text);
}

/** One category in the form of the UT1 collection: a squidGuard folder. */
function addCollection(config) {
    const folder = join(config, "lists", "ut1", "gambling");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "domains"), "betting.example\n");
    writeFileSync(join(folder, "urls"), "mixed.example/bets\n");
    writeFileSync(join(config, "lists.toml"), `${readFileSync(join(config, "lists.toml"), "utf8")}
[[list]]
id = "ut1-gambling"
title = "Gambling (UT1)"
category = "gambling"
path = "lists/ut1"
member = "gambling"
format = "squidguard"
owner = "ICT lead"
reason = "As in the collection of the University of Toulouse."
review_by = "2099-09-01"
`);
}

/** Makes sure that these are days of lessons: the example's closures go, and a term of one day comes for one that no term holds. */
function openSchoolOn(config, days) {
    const file = join(config, "timetable.toml");
    let text = readFileSync(file, "utf8").replaceAll(/\[\[closure\]\]\n(?:\w+ *= *".*"\n)+/g, "");
    const terms = [...text.matchAll(/first = "(.*)"\nlast  = "(.*)"/g)];
    for (const day of days)
        if (!terms.some(([, first, last]) => first <= day && day <= last)) text = `[[term]]\nname = "${day}"\nfirst = "${day}"\nlast = "${day}"\n\n${text}`;
    writeFileSync(file, text);
}

/** A new certificate store that trusts the given CAs. */
function makeStore(store, certificates) {
    mkdirSync(store, { recursive: true });
    run("certutil", ["-N", "-d", `sql:${store}`, "--empty-password"]);
    for (const [name, file] of Object.entries(certificates)) run("certutil", ["-A", "-d", `sql:${store}`, "-n", name, "-t", "C,,", "-i", file]);
    return store;
}

async function isAnswering(url) {
    try {
        await fetch(url);
        return true;
    } catch {
        return false;
    }
}

/**
 * Starts it all. `names`: the hosts that the local sites play. `rooms`: name -> address of the example's policy. `people`: login -> role of the
 * console; `users`: login of a pupil who signs in to the proxy -> group. Their first passwords are in `passwords`. The clock starts at `time`. `unproved`: names that the sites' certificate does not have.
 * `policy` goes behind the example's policy, `settings(ports)` behind those of the daemon.
 */
export async function startSchool({ names, unproved = [], rooms, people, users = {}, time, policy = "", settings = () => "" }) {
    const dir = mkdtempSync(join(tmpdir(), "gatehouse-school-"));
    const day = lastSchoolDay;
    const clock = makeClock(dir, day);
    clock.set(time);
    const site = makeSiteCertificate(dir, names, clock.environment);
    const secure = makeSecureSite(site);
    const plain = makePlainSite();
    const [proxy, portalPort, consolePort, metrics] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const ports = { https: await listening(secure), http: await listening(plain), proxy, portal: portalPort, console: consolePort, metrics };
    const config = join(dir, "config");
    cpSync(join(root, "config"), config, { recursive: true });
    writeFileSync(join(dir, "hosts"), [...names, ...unproved].map((name) => `127.0.0.1 ${name}\n`).join(""));
    writeSettings(config, ports, join(dir, "hosts"), [ports.https, ports.http], settings(ports));
    addCollection(config);
    writeFileSync(join(config, "policy.toml"), readFileSync(join(config, "policy.toml"), "utf8") + policy);
    openSchoolOn(config, [dayBefore, day]);
    mkdirSync(join(dir, "var"), { mode: 0o700 });
    const command = (...words) => run(ctl, [...words, "--config", config], { env: clock.environment });
    command("ca", "create");
    command("lists", "compile");
    const passwords = {};
    for (const [login, role] of Object.entries(people))
        passwords[login] = JSON.parse(command("account", "add", "--role", role, "--name", `The ${role}`, "--login", login, "--json")).password;
    for (const [login, group] of Object.entries(users))
        passwords[login] = JSON.parse(command("account", "add", "--login", login, "--subject-role", "pupil", "--group", group, "--json")).password;
    const log = openSync(join(dir, "daemon.log"), "a");
    const said = () => readFileSync(join(dir, "daemon.log"), "utf8");
    const child = spawn(daemon, ["--config", config], { env: clock.environment, stdio: ["ignore", log, log] });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const portal = `http://127.0.0.1:${ports.portal}`;
    await eventually(() => {
        if (child.exitCode !== null) throw new Error(`the gateway does not start: ${said()}`);
        return isAnswering(`${portal}/help`);
    }, "the start of the gateway", 30);
    const wires = {};
    for (const [name, address] of Object.entries(rooms)) wires[name] = await openRoom(address, ports.proxy);
    const trusted = { school: join(dir, "var", "ca", "ca.crt"), web: join(dir, "web-ca.crt") };
    makeStore(join(dir, "home", ".pki", "nssdb"), trusted);
    makeStore(join(dir, "strange-home", ".pki", "nssdb"), { web: trusted.web });
    return {
        day, ports, portal, passwords, command, said,
        console: `https://127.0.0.1:${ports.console}`,
        setClock: clock.set,
        home: join(dir, "home"), // of Chromium, which keeps its certificates there
        strangeHome: join(dir, "strange-home"), // of one that does not trust the school
        store: (name, isStranger = false) => makeStore(join(dir, name), isStranger ? { web: trusted.web } : trusted),
        /** A proxy setting of the browser: the room's way out. The gateway's own pages are reached without it, as the PAC file says. */
        from: (room) => ({ server: wires[room].url, bypass: "127.0.0.1" }),
        async stop() {
            child.kill("SIGTERM");
            const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
            const status = await ended;
            clearTimeout(late);
            for (const server of [secure, plain]) server.closeAllConnections();
            for (const server of [secure, plain, ...Object.values(wires).map((wire) => wire.server)]) server.close();
            rmSync(dir, { recursive: true, force: true });
            return status;
        },
    };
}

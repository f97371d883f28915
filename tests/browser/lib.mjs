// What every browser suite shares: a gateway of its own with people and records in it, a browser, and the checks that every page must pass.
import { spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeFocus, findCutWhenNarrow, findDragging, findLostByZoom, findMisplacedHelp, findMotion, rememberLooks } from "./comfort.mjs";
import { freePort } from "./ports.mjs";

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "..", "..");
export const bin = process.env.GATEHOUSE_BIN ?? join(root, ".build", "release");

if (!existsSync(join(here, "node_modules", "playwright-core"))) {
    const installed = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here, stdio: "inherit" });
    if (installed.status !== 0) process.exit(1);
}
const { chromium, firefox } = await import("playwright-core");
const axeSource = readFileSync(join(here, "node_modules", "axe-core", "axe.min.js"), "utf8");

export const password = "three plain words";
export const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

// --- results -----------------------------------------------------------------------------------------------------------
let passed = 0;
let failed = 0;

/** Runs one case; a failure is written down and the next case goes on. */
export async function test(name, work) {
    const begun = Date.now();
    try {
        await work();
        passed += 1;
    } catch (failure) {
        failed += 1;
        console.log(`FAILED ${name}: ${failure.message}`);
    }
    if (process.env.GATEHOUSE_TIMES) console.log(`${Date.now() - begun} ms ${name}`);
}

export function expect(condition, message) {
    if (!condition) throw new Error(message);
}

export function finish() {
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

// --- the gateway -------------------------------------------------------------------------------------------------------
async function answers(url) {
    try {
        await fetch(url);
        return true;
    } catch {
        return false;
    }
}

/** The example school in a folder of its own: people and records first, then the daemon. */
export async function startGateway() {
    const dir = mkdtempSync(join(tmpdir(), "gatehouse-browser-"));
    const config = join(dir, "config");
    cpSync(join(root, "config"), config, { recursive: true });
    const ports = { proxy: await freePort(), portal: await freePort(), console: await freePort(), metrics: await freePort() };
    let text = readFileSync(join(config, "gatehouse.toml"), "utf8");
    for (const [name, port] of Object.entries(ports))
        text = text.replaceAll(new RegExp(`127\\.0\\.0\\.1:${{ proxy: 3128, portal: 8180, console: 8181, metrics: 9180 }[name]}`, "g"), `127.0.0.1:${port}`);
    writeFileSync(join(config, "gatehouse.toml"), text);
    mkdirSync(join(dir, "var"), { recursive: true, mode: 0o700 });
    const host = join(bin, "tests", "browser", "console_host");
    const seeded = spawnSync(host, ["seed", config], { encoding: "utf8" });
    if (seeded.status !== 0) throw new Error(`seed: ${seeded.stderr}`);
    const daemon = join(bin, "proxy", "gatehoused");
    const ctl = join(bin, "tools", "ctl", "gatehouse");
    for (const words of [["lists", "compile"], ["ca", "create"]]) {
        const done = spawnSync(ctl, [...words, "--config", config], { encoding: "utf8" });
        if (done.status !== 0) throw new Error(`${words.join(" ")}: ${done.stderr}`);
    }
    const child = spawn(daemon, ["--config", config]);
    let said = "";
    child.stdout.on("data", (data) => (said += data));
    child.stderr.on("data", (data) => (said += data));
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const portal = `http://127.0.0.1:${ports.portal}`;
    const until = Date.now() + 30_000;
    while (!(await answers(`${portal}/help`))) {
        if (child.exitCode !== null || Date.now() > until) throw new Error(`the gateway does not start: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return {
        dir, ports, portal,
        console: `https://127.0.0.1:${ports.console}`,
        seed: JSON.parse(seeded.stdout),
        said: () => said,
        async stop() {
            child.stdin.end();
            child.kill("SIGTERM");
            const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
            await ended;
            clearTimeout(late);
            rmSync(dir, { recursive: true, force: true });
        },
    };
}

// --- the browser -------------------------------------------------------------------------------------------------------
export const wholeChromium = "/usr/bin/chromium";

/**
 * Chromium as it is without windows: the same engine and network, for less than half of the processor's time. `options` may ask for the whole one,
 * `executablePath: wholeChromium`, which alone has what belongs to a person's settings, such as scripts for proxies.
 */
export function startBrowser(extra = [], options = {}) {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
        ...options,
        headless: true,
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...extra],
    });
}

/**
 * Debian's own Firefox, spoken to by WebDriver BiDi, behind a proxy. `store`: a certificate store; Firefox reads the one in its profile, whose folder is
 * known only when it starts.
 */
export function startFirefox(store, proxy) {
    const starter = join(store, "firefox");
    writeFileSync(starter, `#!/bin/sh
for word; do [ "$before" = --profile ] && cp "${store}"/*.db "${store}"/pkcs11.txt "$word"; before=$word; done
exec "${process.env.FIREFOX ?? "/usr/bin/firefox-esr"}" "$@"
`, { mode: 0o755 });
    const [host, port] = proxy.server.replace("http://", "").split(":");
    return firefox.launch({
        channel: "moz-firefox",
        executablePath: starter,
        headless: true,
        timeout: 60_000,
        firefoxUserPrefs: {
            "network.proxy.type": 1, "network.proxy.http": host, "network.proxy.http_port": Number(port), "network.proxy.ssl": host,
            "network.proxy.ssl_port": Number(port), "network.proxy.no_proxies_on": proxy.bypass, "network.http.http3.enable": false,
        },
    });
}

/** Firefox as it is, without a proxy. */
export function startPlainFirefox() {
    return firefox.launch({ channel: "moz-firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true, timeout: 60_000 });
}

/** A fresh visitor: own cookies, no JavaScript of the page's own (there is none, and none may be needed). */
export async function visitor(browser, size = sizes.desktop, options = {}) {
    const context = await browser.newContext({ viewport: size, ignoreHTTPSErrors: true, ...options });
    context.setDefaultTimeout(15_000);
    return context.newPage();
}

export async function signIn(page, gateway, login, secret = password, lands = /^(?!.*\/sign-in)/) {
    await page.goto(`${gateway.console}/sign-in`);
    await page.fill("#login", login);
    await page.fill("#password", secret);
    await page.click("button[type=submit]");
    await page.waitForURL((url) => lands.test(url.pathname));
}

/** The code that a phone shows for a key in base 32 (RFC 6238); the key may be in groups. */
export function codeOf(key, at = Date.now()) {
    const bits = [...key.replaceAll(/\s/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
    const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
    const digest = createHmac("sha1", secret).update(counter).digest();
    return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// --- what every page must pass -----------------------------------------------------------------------------------------
const shots = process.env.GATEHOUSE_SHOTS;

async function keepScreenshot(page, name, folder) {
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** For people who asked for them: a picture of a long page costs more than all that is checked of it. */
export async function screenshot(page, name) {
    if (shots) await keepScreenshot(page, name, shots);
}

/** A case about what is on a page: how it looked when it failed is kept, also where nobody asked. */
async function testLooks(page, name, shot, work) {
    await test(name, async () => {
        try {
            await work();
        } catch (failure) {
            await keepScreenshot(page, `${shot}-failed`, shots ?? join(tmpdir(), "gatehouse-shots")).catch(() => {});
            throw failure;
        }
    });
}

/** axe-core at level AA with its best practices, or some of its rules; any finding is a failure. */
export async function expectAccessible(page, rules = undefined) {
    if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axeSource);
    const found = await page.evaluate((only) => globalThis.axe.run(document, { resultTypes: ["violations"], ...(only && { runOnly: only }) }), rules);
    const text = found.violations.map((one) => `${one.id} at ${one.nodes.map((node) => node.target.join(" ")).join(", ")}: ${one.nodes[0]?.failureSummary ?? ""}`);
    expect(text.length === 0, `axe: ${text.join(" | ")}`);
}

/** Every link and control measures 24 by 24 CSS pixels, or is a link inside a sentence (WCAG 2.2, 2.5.8). */
export async function expectTargets(page) {
    const small = await page.evaluate(() => {
        const out = [];
        for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
            const box = one.getBoundingClientRect();
            if (box.width === 0 || box.height === 0 || getComputedStyle(one).visibility === "hidden") continue;
            if (one.classList.contains("govuk-skip-link")) continue;
            if (box.width < 23.5 || box.height < 23.5) out.push(`${one.tagName} "${(one.textContent || one.name || "").trim().slice(0, 40)}" ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`);
        }
        return out;
    });
    expect(small.length === 0, `targets below 24 px: ${small.join("; ")}`);
}

/** The Tab key reaches every control, also those that are folded away at first; what has the focus is in sight, not covered, and looks like it. */
export async function expectKeyboard(page) {
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    const wanted = await page.evaluate(() => {
        let count = 0;
        const groups = new Set();
        for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']")) {
            const box = one.getBoundingClientRect();
            if (box.width === 0 && box.height === 0) continue;
            if (one.type === "radio") {
                if (groups.has(one.name)) continue; // one stop for a group; the arrows do the rest
                groups.add(one.name);
            }
            count += 1;
        }
        return count;
    });
    await page.evaluate(() => { // from the top, wherever the last round ended
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute("tabindex");
        window.scrollTo(0, 0);
    });
    const seen = new Set();
    await rememberLooks(page);
    for (let i = 0; i < wanted * 3 + 10 && seen.size < wanted; ++i) {
        await page.keyboard.press("Tab");
        const at = await describeFocus(page);
        if (at === null) continue;
        expect(at.wrong.length === 0, `the focus at ${at.name}: ${at.wrong.join(", ")}`);
        seen.add(at.key);
    }
    expect(seen.size >= wanted, `Tab reaches ${seen.size} of ${wanted} controls`);
}

export async function expectNoSideways(page) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide <= 1, `the page scrolls sideways by ${wide} px`);
}

/**
 * What can be chosen in a list can be read whole once it is chosen: a browser cuts it and says nothing, and the page does not scroll for it. Longer names
 * of the school's own stand under a heading.
 */
export async function expectChoicesFit(page) {
    const cut = await page.evaluate(() => [...document.querySelectorAll("select")].flatMap((one) => {
        const look = getComputedStyle(one);
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = look.font;
        const arrow = 20;
        const room = one.clientWidth - Number.parseFloat(look.paddingLeft) - Number.parseFloat(look.paddingRight) - arrow;
        return [...one.options].filter((option) => option.closest("optgroup") === null).flatMap(({ text }) => {
            const wide = pen.measureText(text).width;
            return wide > room ? [`"${text}" of ${one.name} is ${Math.round(wide)} px wide, with room for ${Math.round(room)}`] : [];
        });
    }));
    expect(cut.length === 0, `cut: ${cut.join("; ")}`);
}

/** In the dark and as narrow as a page may become (320 px, WCAG 1.4.10): contrast of everything, nothing cut, and a screenshot. */
async function checkInTheDark(page, name) {
    await testLooks(page, `${name} narrow and in the dark`, `${name}-dark`, async () => {
        await page.setViewportSize({ width: 320, height: 640 });
        await page.emulateMedia({ colorScheme: "dark" });
        try {
            await screenshot(page, `${name}-dark`);
            await expectNoSideways(page);
            const cut = await findCutWhenNarrow(page);
            expect(cut.length === 0, cut.join(" AND "));
            await expectAccessible(page, ["color-contrast"]);
        } finally {
            await page.emulateMedia({ colorScheme: null });
        }
    });
}

/** What holds at any size, and at twice the size. */
async function checkComfort(page, name) {
    await testLooks(page, `${name} for everybody`, `${name}-zoomed`, async () => {
        const look = () => screenshot(page, `${name}-zoomed`);
        const found = [...await findMisplacedHelp(page), ...await findMotion(page), ...await findDragging(page), ...await findLostByZoom(page, sizes.desktop, look)];
        expect(found.length === 0, found.join(" AND "));
    });
}

/** All checks of one page, which is loaded already. */
export async function checkPage(page, name) {
    for (const [sizeName, size] of Object.entries(sizes)) {
        await testLooks(page, `${name} on a ${sizeName}`, `${name}-${sizeName}`, async () => {
            await page.setViewportSize(size);
            await screenshot(page, `${name}-${sizeName}`);
            const found = [];
            for (const check of [expectNoSideways, expectTargets, expectAccessible, expectKeyboard])
                await check(page).catch((failure) => found.push(failure.message));
            expect(found.length === 0, found.join(" AND "));
        });
    }
    await checkComfort(page, name);
    await checkInTheDark(page, name);
}

// People of a school of school.mjs: in its rooms behind the proxy, and at its console. A certificate error on the way through the proxy is an error.
import { readFileSync } from "node:fs";
import { expect, sizes, startBrowser, test, visitor } from "./lib.mjs";
import { eventually } from "./school.mjs";

/** All words of a page, or of its main part. */
export async function text(page, where = "body") {
    await page.waitForLoadState(); // a long page comes in pieces
    return (await page.textContent(where)).replaceAll(/\s+/g, " ");
}

/** Every part has to be there, and none of the others. */
export async function expectWords(page, parts, others = []) {
    const said = await text(page, (await page.locator("main").count()) > 0 ? "main" : "body");
    for (const part of parts) expect(said.includes(part), `no "${part}" in: ${said.slice(0, 2500)}`);
    for (const part of others) expect(!said.includes(part), `"${part}" is in: ${said.slice(0, 2500)}`);
}

/** What the site's address shows now: the headline of the site or of the block page; the browser's error where there is no page. */
export async function look(page, url) {
    try {
        await page.goto(url);
        return (await page.textContent("h1")).trim();
    } catch (failure) {
        // The browser's own error page of the visit before may still be on its way and end this one.
        if (failure.message.includes("interrupted by another navigation")) return look(page, url);
        return failure.message.split("\n")[0];
    }
}

export const refused = "ERR_TUNNEL_CONNECTION_FAILED"; // what a browser shows where no page can be shown inside TLS

export async function expectOpen(page, url) {
    const seen = await look(page, url);
    expect(seen.startsWith("The real"), `it is not open: ${seen}`);
}

export async function expectClosed(page, url) {
    const seen = await look(page, url);
    const isClosed = ["blocked", "not open yet", "beside you", refused].some((words) => seen.includes(words));
    expect(isClosed, `it is not closed: ${seen}`);
}

/** The same of what another program has to hear of first: a bell, a decision. */
export function opensSoon(page, url) {
    return eventually(async () => (await look(page, url)).startsWith("The real"), `the opening of ${url}`, 8);
}

export function closesSoon(page, url) {
    return eventually(async () => !(await look(page, url)).startsWith("The real"), `the end of ${url}`, 8);
}

/** A way to sit down: in a room, or at the console. */
export async function peopleOf(school) {
    const browser = await startBrowser([], { env: { ...process.env, HOME: school.home } });
    const secrets = {};
    return {
        browser,
        secretOf: (login) => secrets[login],
        /** A browser in a room, behind the proxy; `user`: who answers the proxy's question for a name. */
        sitAt(room, { size = sizes.desktop, user } = {}) {
            const proxy = { ...school.from(room), ...(user && { username: user, password: school.passwords[user] }) };
            return visitor(browser, size, { proxy, ignoreHTTPSErrors: false });
        },
        /** Signs in to the console; at the first time with the printed password, which must be changed at once. */
        async signIn(login, size = sizes.desktop) {
            const page = await visitor(browser, size);
            await page.goto(`${school.console}/sign-in`);
            await page.fill("#login", login);
            await page.fill("#password", secrets[login] ?? school.passwords[login]);
            await page.click("button[type=submit]");
            await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
            if (secrets[login] !== undefined) return page;
            expect(new URL(page.url()).pathname === "/account/password", "the first sign-in asks for a new password");
            secrets[login] = `a long sentence of ${login}`;
            await page.fill("#old", school.passwords[login]);
            await page.fill("#new", secrets[login]);
            await page.fill("#again", secrets[login]);
            await page.click("main button[type=submit]");
            await page.waitForURL((url) => url.pathname === "/");
            return page;
        },
    };
}

export async function menu(page, words) {
    await page.click(`nav[aria-label=Menu] a:text-is("${words}")`);
}

export async function press(page, words) {
    await page.click(`main button:has-text("${words}")`);
}

/** Asks on the portal's form, which stands open; answers the address of the status page. */
export async function fillAsk(page, why, name) {
    await page.fill("#why", why);
    if (name) await page.fill("#name", name);
    await press(page, "Send");
    await expectWords(page, ["Thank you", "Waiting"]);
    return page.url().replace("&new=1", "");
}

export async function openRequest(page, host) {
    await menu(page, "Requests");
    await page.click(`main a:has-text("${host}")`);
}

export async function decide(page, choice, reason) {
    await page.check(`input[name=decision][value=${choice}]`);
    await page.fill("#reason", reason);
    await press(page, "Confirm");
}

/** A file that a click brings. The first report as a PDF reads all fonts of the machine, at a priority below everything else. */
export async function download(page, click) {
    const waiting = page.waitForEvent("download", { timeout: 90_000 });
    await click();
    const file = await waiting;
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Ends browser and school, and whether the gateway ended in order. */
export async function goHome(people, school) {
    await people.browser.close();
    const status = await school.stop();
    await test("the gateway ends in order", async () => expect(status === 0, `exit status ${status}`));
}

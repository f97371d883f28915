#!/usr/bin/env node
// The journeys of PRODUCT's people through portal and console: ask, triage, decide, end; report and block; sign-in and its defences. Works with scripts
// switched off in the browser, because no decision may need one.
import { readFileSync } from "node:fs";
import { askAndDecide, changeTheLists, decideAboutPeople, follow, personOf, text } from "./journeys.mjs";
import { codeOf, expect, finish, password, signIn, sizes, startBrowser, startGateway, test, visitor } from "./lib.mjs";

const gateway = await startGateway();
const browser = await startBrowser();
const stage = { gateway, browser, options: { javaScriptEnabled: false } };
const quiet = stage.options;
const person = (login, size) => personOf(stage, login, size);

try {
    const { pupil, officer, head } = await askAndDecide(stage);
    await test("the grant is listed, and the officer ends it early", async () => {
        await officer.goto(`${gateway.console}/grants`);
        await follow(officer, "wanted.example");
        await officer.fill("#reason", "The lesson is over.");
        await officer.click("button:has-text('Close the site now')");
        expect((await text(officer)).includes("closed again"), await text(officer));
    });
    await test("a decision cannot be made twice", async () => {
        await head.goBack();
        await head.goBack();
        if (await head.locator("form[action='/request/decide']").count()) {
            await head.check("#decision");
            await head.fill("#reason", "Again.");
            await head.click("button:has-text('Confirm')");
            expect((await text(head)).includes("Nothing was changed") || (await text(head)).includes("not possible any more"), await text(head));
        }
    });

    await test("the headteacher refuses another one", async () => {
        await head.goto(`${gateway.console}/request?id=${gateway.seed.recommended_id}`);
        await head.check("#decision-refuse");
        await head.fill("#reason", "Use the paper atlas.");
        await head.click("button:has-text('Confirm')");
        expect((await text(head)).includes("Refused"), await text(head));
    });
    await test("the officer answers without opening", async () => {
        await officer.goto(`${gateway.console}/request/close?id=${gateway.seed.waiting_id}`);
        await officer.fill("#reason", "This site was never blocked.");
        await officer.click("main button[type=submit]");
        await pupil.goto(gateway.portal + gateway.seed.waiting);
        expect((await text(pupil)).includes("This site was never blocked."), await text(pupil));
    });

    await test("a report leads to a block in the school's list", async () => {
        await pupil.goto(`${gateway.portal}/tell`);
        await pupil.fill("#site", "https://horrid.example/");
        await pupil.fill("#text", "Horrid pictures.");
        await pupil.click("button:has-text('Send')");
        expect((await text(pupil)).includes("Thank you for telling us"), await text(pupil));
        await officer.goto(`${gateway.console}/reports`);
        await officer.click("tr:has-text('horrid.example') a");
        await follow(officer, "Block this site");
        expect(await officer.isChecked("input[name=when][value=now]"), "a report is acted on at once");
        await officer.click("main button:has-text('Add')");
        expect((await text(officer)).includes("the change is live"), await text(officer));
        expect((await text(officer)).includes("horrid.example"), await text(officer));
    });
    await test("an entry goes off the list with a reason", async () => {
        await officer.goto(`${gateway.console}/lists`);
        await follow(officer, "horrid.example");
        await officer.fill("#reason", "Checked: harmless.");
        await officer.check("input[name=when][value=now]");
        await officer.click("main button:has-text('Remove')");
        expect((await text(officer)).includes("off the list"), await text(officer));
    });

    await changeTheLists(stage, officer);
    await test("a publication for later can be called off, and its changes are in the draft again", async () => {
        await officer.goto(`${gateway.console}/history`);
        await follow(officer, "For the new term.");
        await officer.click("button:has-text('Call it off')");
        expect((await text(officer)).includes("called off"), await text(officer));
        await officer.goto(`${gateway.console}/draft`);
        expect((await text(officer)).includes("later.example"), await text(officer));
        await follow(officer, "later.example");
        await officer.click("button:has-text('Take it out of the draft')");
        expect((await text(officer)).includes("out of the draft") && !(await text(officer)).includes("later.example"), await text(officer));
    });

    await decideAboutPeople(stage, head);

    await test("a code of the phone beside the password: set up, asked for, each code once, taken off", async () => {
        const lead = await person("ict");
        await lead.goto(`${gateway.console}/account`);
        await follow(lead, "Sign in with a code as well");
        await lead.fill("#password", password);
        await lead.click("button:has-text('Set it up')");
        const key = /key into it: ((?:[A-Z2-7]{4} ?){8})/.exec(await text(lead))[1];
        const code = codeOf(key);
        await lead.fill("#code", code);
        await lead.click("button:has-text('Turn it on')");
        const paper = (await text(lead)).match(/[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}/g);
        expect(paper?.length === 10, await text(lead));
        await lead.click("button:has-text('Sign out')");
        await signIn(lead, gateway, "ict", password, /\/sign-in\/code$/);
        for (const path of ["/", "/log", "/account", "/audit"]) {
            await lead.goto(gateway.console + path);
            expect(new URL(lead.url()).pathname === "/sign-in/code", `${path} is shown before the code: ${lead.url()}`);
        }
        await lead.fill("#code", code);
        await lead.click("button:has-text('Go on')");
        expect((await text(lead)).includes("used before"), await text(lead));
        await lead.fill("#code", paper[0]);
        await lead.click("button:has-text('Go on')");
        expect(new URL(lead.url()).pathname === "/audit", `goes on to the page that was asked for last: ${lead.url()}`);
        await lead.goto(`${gateway.console}/account/second-factor`);
        expect((await text(lead)).includes("9 codes left"), await text(lead));
        await lead.fill("#code", paper[1]);
        await lead.click("button:has-text('Turn it off')");
        expect((await text(lead)).includes("password alone"), await text(lead));
        await lead.context().close();
    });

    await test("a report about a person opens with a purpose only", async () => {
        const dsl = await person("dsl");
        await dsl.goto(`${gateway.console}/report?id=${gateway.seed.person_report_id}`);
        expect(!(await text(dsl)).includes("very sad"), "nothing shown yet");
        await dsl.fill("#purpose", "Looking after the child");
        await dsl.click("main button[type=submit]");
        expect((await text(dsl)).includes("very sad"), await text(dsl));
        await dsl.context().close();
    });

    const ict = await person("ict");
    await test("the ICT lead finds a row and why", async () => {
        await ict.goto(`${gateway.console}/log`);
        await ict.fill("#host", "instagram.com");
        await ict.selectOption("#verdict", "block");
        await ict.click("main button[type=submit]");
        await ict.click("a:has-text('Why?') >> nth=0");
        await ict.click("summary:has-text('Step by step')");
        const said = await text(ict);
        expect(!said.includes("j.teacher"), said);
        expect(said.includes("What was recorded") && said.includes("Step by step") && said.includes("blocked-social-media"), said);
    });
    await test("searching for a person needs a purpose and is on record", async () => {
        await ict.goto(`${gateway.console}/log?person=j.teacher`);
        expect((await text(ict)).includes("Write why you look"), await text(ict));
        await ict.fill("#purpose", "Complaint of 24 November");
        await ict.click("main button[type=submit]");
        expect((await text(ict)).includes("library.example"), await text(ict));
        await ict.goto(`${gateway.console}/audit?action=access-log`);
        expect((await text(ict)).includes("Complaint of 24 November"), await text(ict));
    });
    await test("pages of the log turn", async () => {
        await ict.goto(`${gateway.console}/log`);
        await follow(ict, "Older");
        expect((await ict.locator("tbody tr").count()) > 0, "rows on the second page");
    });
    await test("an export is safe in a spreadsheet", async () => {
        const answer = await ict.request.get(`${gateway.console}/log/export`);
        const csv = await answer.text();
        expect(answer.headers()["content-type"].startsWith("text/csv"), answer.headers()["content-type"]);
        expect(!csv.includes("j.teacher"), "no names without a purpose");
        const named = await (await ict.request.get(`${gateway.console}/log/export?purpose=audit`)).text();
        expect(named.includes("j.teacher") && named.includes("cmd"), "names with a purpose");
        expect(!/(^|,)"?[=+@]/m.test(named), named.split("\n").find((line) => line.includes("cmd")) ?? "");
    });

    await test("forms from elsewhere are refused", async () => {
        const cookies = await officer.context().cookies();
        const session = cookies.find((one) => one.name === "__Host-gatehouse-session");
        expect(session.secure && session.httpOnly && session.sameSite === "Strict", JSON.stringify(session));
        await officer.goto(`${gateway.console}/account`);
        const csrf = await officer.inputValue("form[action='/account/end-sessions'] input[name=csrf]");
        const send = (headers, form) => officer.request.post(`${gateway.console}/account/end-sessions`, { headers, form, maxRedirects: 0 });
        for (const [headers, form] of [[{ origin: "https://evil.example" }, { csrf }], [{ origin: gateway.console }, {}], [{ origin: gateway.console }, { csrf: csrf.replace(/./, "x") }], [{}, { csrf }]]) {
            const answer = await send(headers, form);
            expect(answer.status() === 403, `${answer.status()} for ${JSON.stringify(headers)} ${JSON.stringify(form).slice(0, 20)}`);
        }
        const read = await officer.request.get(`${gateway.console}/account/end-sessions`, { maxRedirects: 0 });
        expect(read.status() === 405, `GET: ${read.status()}`);
    });
    await test("another name for the server is refused", async () => {
        for (const url of [gateway.portal, gateway.console]) {
            const answer = await officer.request.get(`${url}/help`, { headers: { host: "evil.example" } });
            expect(answer.status() === 421, `${answer.status()}`);
        }
    });
    await test("every answer carries the security headers", async () => {
        for (const url of [`${gateway.portal}/`, `${gateway.console}/sign-in`, `${gateway.console}/nothing`, `${gateway.console}/assets/console.css`]) {
            const headers = (await officer.request.get(url)).headers();
            expect(headers["content-security-policy"]?.includes("default-src 'none'"), url);
            expect(headers["x-content-type-options"] === "nosniff" && headers["referrer-policy"] === "same-origin", url);
            expect(url.startsWith("http:") || headers["strict-transport-security"], url);
        }
    });
    await test("a session ends when signed out, and its token opens nothing", async () => {
        const leaving = await person("officer2");
        const kept = (await leaving.context().cookies()).find((one) => one.name === "__Host-gatehouse-session");
        await leaving.click("button:has-text('Sign out')");
        expect((await text(leaving)).includes("signed out"), await text(leaving));
        await leaving.context().addCookies([kept]);
        await leaving.goto(`${gateway.console}/requests`);
        expect(new URL(leaving.url()).pathname === "/sign-in", leaving.url());
        await leaving.context().close();
    });
    await test("a first sign-in must choose a new password", async () => {
        const fresh = await person("fresh");
        await fresh.fill("#old", password);
        await fresh.fill("#new", "short");
        await fresh.fill("#again", "short");
        await fresh.click("main button[type=submit]");
        expect((await text(fresh)).includes("too short"), await text(fresh));
        await fresh.fill("#old", password);
        await fresh.fill("#new", "a lantern on the hill");
        await fresh.fill("#again", "a lantern on the hill");
        await fresh.click("main button[type=submit]");
        expect(new URL(fresh.url()).pathname === "/", fresh.url());
        await fresh.context().close();
    });
    await test("the PAC file and its twin are served with their type", async () => {
        for (const path of ["/proxy.pac", "/wpad.dat"]) {
            const answer = await officer.request.get(gateway.portal + path);
            expect(answer.headers()["content-type"] === "application/x-ns-proxy-autoconfig", path);
            expect((await answer.text()).includes(`PROXY 127.0.0.1:${gateway.ports.proxy}`), await answer.text());
        }
    });
    await test("the console's key is private", async () => {
        const key = readFileSync(`${gateway.dir}/var/console/key.pem`, "utf8");
        expect(key.includes("PRIVATE KEY"), "key");
    });
    // From here on this address has guessed too often to sign in at once: nothing that needs a new session may follow.
    await test("a wrong password and an unknown name read the same", async () => {
        const stranger = await visitor(browser, sizes.desktop, quiet);
        const said = [];
        for (const login of ["officer2", "nobody-here"]) {
            await stranger.goto(`${gateway.console}/sign-in`);
            await stranger.fill("#login", login);
            await stranger.fill("#password", "wrong wrong wrong");
            await stranger.click("button[type=submit]");
            said.push(await stranger.textContent(".govuk-error-summary"));
        }
        expect(said[0] === said[1], said.join(" / "));
        await stranger.context().close();
    });
    await test("guessing is slowed down", async () => {
        const guesser = await visitor(browser, sizes.desktop, quiet);
        let slowed = false;
        for (let i = 0; i < 8 && !slowed; ++i) {
            await guesser.goto(`${gateway.console}/sign-in`);
            await guesser.fill("#login", "nobody-else");
            await guesser.fill("#password", `guess ${i}`);
            await guesser.click("button[type=submit]");
            slowed = (await text(guesser)).includes("too many wrong passwords");
        }
        expect(slowed, "eight guesses in a row were taken");
        await guesser.context().close();
    });
} finally {
    await browser.close();
    await gateway.stop();
}
finish();

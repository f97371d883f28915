#!/usr/bin/env node
// A school day in Chromium through the running proxy, its clock moved by faketime: the block page inside TLS and on plain HTTP, break and the end of it,
// the way of a request from the block page to the open site and back, refusal, and what the ICT lead finds afterwards.
import { decide, goHome, look, openRequest, peopleOf, text } from "./at_school.mjs";
import { checkPage, expect, finish, screenshot, sizes, test } from "./lib.mjs";
import { eventually, startSchool } from "./school.mjs";

const insta = "www.instagram.com";
const school = await startSchool({
    names: [insta, "www.betting.example", "mixed.example"],
    rooms: { suite: "127.0.0.1", staff: "127.0.1.20" },
    people: { oso: "officer", head: "headteacher", ict: "ict-lead" },
    time: "10:10:00",
});
const people = await peopleOf(school);
const { sitAt, signIn } = people;
const instaSite = `https://${insta}:${school.ports.https}/`;
const betting = `http://www.betting.example:${school.ports.http}/`;

/** Starts reading an answer without end in the page; `document.title` says when it ended. */
async function startStream(page) {
    await page.evaluate(async () => {
        const reader = (await fetch("/stream")).body.getReader();
        await reader.read();
        document.title = "streaming";
        const readOn = async () => {
            try {
                while (!(await reader.read()).done);
            } finally {
                document.title = "ended";
            }
        };
        readOn().catch(() => {});
    });
    expect((await page.title()) === "streaming", await page.title());
}

/** From the block page in front of the pupil: asks, and gives the address of the status page. */
async function askFromBlockPage(page, why) {
    await page.click("text=Ask for this site");
    await screenshot(page, "through-ask");
    await page.fill("#why", why);
    await page.click("button:has-text('Send')");
    const said = await text(page);
    expect(said.includes("Thank you") && said.includes("Waiting"), said);
    return page.url().replace("&new=1", "");
}

const pupil = await sitAt("suite");
let statusPage = "";
try {
    await test("a pupil in lesson 2 gets the page for Instagram, inside TLS", async () => {
        const answer = await pupil.goto(`https://${insta}/`);
        const said = await text(pupil);
        expect(answer.status() === 403 && answer.headers()["gatehouse-decision"] !== undefined, `${answer.status()}`);
        expect(answer.headers()["cache-control"] === "no-store", JSON.stringify(answer.headers()));
        expect((await answer.securityDetails()).issuer.includes("Ashgrove"), JSON.stringify(await answer.securityDetails()));
        for (const part of ["Instagram", "blocked-social-media", "part 12", "lesson 2 until 10:40", "Ask for this site", "Tell someone about this"])
            expect(said.includes(part), `no "${part}" in: ${said}`);
    });
    await checkPage(pupil, "through-tls-blocked");
    await test("a page below it, too, and nothing of the site comes through", async () => {
        expect((await look(pupil, `${instaSite}reel/1`)).includes("blocked"), await text(pupil));
    });
    await test("a plain-HTTP site of a category of the collection is blocked with the page", async () => {
        const answer = await pupil.goto(betting);
        expect(answer.status() === 403, `${answer.status()}`);
        const said = await text(pupil);
        expect(said.includes("www.betting.example") && said.includes("Gambling"), said);
    });
    await checkPage(pupil, "through-http-blocked");
    await test("a folder of a site is blocked, the rest of it opens", async () => {
        const mixed = `http://mixed.example:${school.ports.http}`;
        expect((await look(pupil, `${mixed}/bets/1`)).includes("blocked"), await text(pupil));
        expect((await look(pupil, `${mixed}/news`)).startsWith("The real"), await text(pupil));
    });

    const staff = await sitAt("staff");
    await test("staff do not reach it in lesson 2", async () => {
        const seen = await look(staff, instaSite);
        expect(seen.includes("ERR_TUNNEL_CONNECTION_FAILED"), seen);
    });
    await test("staff open it at break, and their open tunnel ends when lesson 3 begins", async () => {
        school.setClock("10:45:00");
        const seen = await look(staff, instaSite);
        expect(seen.startsWith("The real"), seen);
        await startStream(staff);
        school.setClock("10:59:58");
        expect((await staff.title()) === "streaming", "it is open until the bell");
        await eventually(async () => (await staff.title()) === "ended", "the end of the tunnel", 8);
        // Each worker hears the bell within a second; a second tunnel that the browser keeps may end that much later.
        await eventually(async () => (await look(staff, instaSite)).includes("ERR_TUNNEL_CONNECTION_FAILED"), "the end of all tunnels", 3);
    });
    school.setClock("10:12:00");

    await test("the pupil asks from the block page", async () => {
        expect((await look(pupil, instaSite)).includes("blocked"), await text(pupil));
        statusPage = await askFromBlockPage(pupil, "For the school magazine.");
        await pupil.goto(statusPage);
    });
    await checkPage(pupil, "through-status-waiting");
    const officer = await signIn("oso");
    await test("the officer recommends and has no way to approve", async () => {
        await openRequest(officer, insta);
        const said = await text(officer);
        expect(said.includes("For the school magazine.") && said.includes("blocked-social-media"), said);
        await screenshot(officer, "through-officer-request");
        await officer.check("#advice");
        await officer.fill("#text", "The magazine shows our own page. In the ICT suite only.");
        await officer.selectOption("#until", "hour");
        await officer.selectOption("#when", "any"); // the form proposes lessons only
        await officer.click("button:has-text('Send to the headteacher')");
        expect((await text(officer)).includes("with the headteacher"), await text(officer));
        await officer.goto(`${school.console}/requests?show=recommended`);
        await officer.click(`a:has-text("${insta}")`);
        expect((await officer.locator("form[action='/request/decide']").count()) === 0, "the officer sees no form to decide");
        const csrf = await officer.locator("input[name=csrf]").first().inputValue();
        const form = { csrf, id: new URL(officer.url()).searchParams.get("id"), version: "2", decision: "approve", reason: "Me." };
        const answer = await officer.request.post(`${school.console}/request/decide`, { headers: { origin: school.console }, form });
        expect(answer.status() === 403, `${answer.status()}`);
        expect((await look(pupil, instaSite)).includes("blocked"), "a recommendation opens nothing");
    });
    const head = await signIn("head", sizes.phone);
    await test("the headteacher approves on a phone and the page opens within two seconds", async () => {
        await openRequest(head, insta);
        expect((await text(head)).includes("The magazine shows our own page."), await text(head));
        await screenshot(head, "through-head-request");
        await decide(head, "approve", "Good for the magazine.");
        const approved = Date.now();
        expect((await text(head)).includes("opens as the officer proposed"), await text(head));
        await eventually(async () => (await look(pupil, instaSite)).startsWith("The real"), "the opening", 5);
        expect(Date.now() - approved < 2000, `it took ${Date.now() - approved} ms`);
    });
    await test("the pupil reads the answer", async () => {
        const reader = await sitAt("suite", { size: sizes.phone });
        await reader.goto(statusPage);
        const said = await text(reader);
        await screenshot(reader, "through-status-approved");
        expect(said.includes("Yes") && said.includes("Good for the magazine."), said);
        await reader.context().close();
    });
    await test("a grant for pupils opens nothing for staff", async () => {
        const seen = await look(staff, instaSite);
        expect(seen.includes("ERR_TUNNEL_CONNECTION_FAILED"), seen);
    });
    await test("it closes by itself after its hour, open tunnels too", async () => {
        await look(pupil, instaSite);
        await startStream(pupil);
        school.setClock("11:11:00");
        expect((await pupil.title()) === "streaming", "it is open for the whole hour");
        school.setClock("11:14:00");
        await eventually(async () => (await pupil.title()) === "ended", "the end of the tunnel", 8);
        expect((await look(pupil, instaSite)).includes("blocked"), await text(pupil));
        expect((await text(pupil)).includes("lesson 3 until 11:50"), await text(pupil));
    });

    await test("a refused request stays closed and tells the pupil why", async () => {
        await look(pupil, betting);
        const answerPage = await askFromBlockPage(pupil, "My maths homework is about odds.");
        const officerAgain = await signIn("oso");
        await openRequest(officerAgain, "www.betting.example");
        await officerAgain.check("#advice-keep");
        await officerAgain.fill("#text", "The textbook has the same numbers.");
        await officerAgain.click("button:has-text('Send to the headteacher')");
        const headAgain = await signIn("head", sizes.phone);
        await openRequest(headAgain, "www.betting.example");
        await decide(headAgain, "refuse", "Use the textbook, page 40.");
        expect((await text(headAgain)).includes("Refused"), await text(headAgain));
        await pupil.goto(answerPage);
        const said = await text(pupil);
        await screenshot(pupil, "through-status-refused");
        expect(said.includes("The headteacher said no.") && said.includes("Use the textbook, page 40."), said);
        expect((await look(pupil, betting)).includes("blocked"), await text(pupil));
    });
    await test("a request that nobody decides expires", async () => {
        await look(pupil, betting);
        const answerPage = await askFromBlockPage(pupil, "Once more.");
        const later = new Date(`${school.day}T00:00:00Z`);
        later.setUTCDate(later.getUTCDate() + 31);
        school.setClock(`${later.toISOString().slice(0, 10)} 11:30:00`);
        const isOld = async () => {
            await pupil.goto(answerPage);
            return (await text(pupil)).includes("Nobody decided in time");
        };
        await eventually(isOld, "the expiry of the request", 15);
        school.setClock("11:20:00");
    });

    const ict = await signIn("ict");
    await test("the ICT lead finds the row of the blocked page and why", async () => {
        await ict.goto(`${school.console}/log`);
        await ict.fill("#host", insta);
        await ict.selectOption("#verdict", "block");
        await eventually(async () => {
            await ict.click("main button[type=submit]");
            return (await ict.locator("a:has-text('Why?')").count()) > 0;
        }, "the row");
        await ict.locator("a:has-text('Why?')").last().click();
        await ict.click("summary:has-text('Step by step')");
        const said = await text(ict);
        for (const part of ["What was recorded", "Step by step", "blocked-social-media", insta, "instagram.txt"]) expect(said.includes(part), `no "${part}" in: ${said}`);
    });
    await checkPage(ict, "through-why-blocked");
    await test("and the row of the page that the grant opened", async () => {
        await ict.goto(`${school.console}/log?host=${insta}&verdict=allow`);
        const said = await text(ict);
        expect(said.includes("staff-social-media-at-break") && /override|grant/i.test(said), said);
    });
    await checkPage(ict, "through-log-allowed");
    await test("the same from the command line", async () => {
        const rows = JSON.parse(school.command("log", "--host", insta, "--verdict", "block", "--json"));
        expect(JSON.stringify(rows).includes("blocked-social-media"), JSON.stringify(rows).slice(0, 300));
    });
} finally {
    await goHome(people, school);
}
finish();

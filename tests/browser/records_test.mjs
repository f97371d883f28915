#!/usr/bin/env node
// What is kept and who reads it: marketing for a stated purpose and its time, the data protection officer, the governors' report; over rows that people's
// browsers made through the proxy.
import { execFileSync } from "node:child_process";
import { download, expectClosed, expectOpen, expectWords, goHome, menu, peopleOf, press, text } from "./at_school.mjs";
import { checkPage, expect, finish, sizes, test } from "./lib.mjs";
import { dayBefore, eventually, startSchool } from "./school.mjs";

const school = await startSchool({
    names: ["www.learning.example"],
    rooms: { study: "127.0.1.14", desk: "127.0.1.21" },
    people: { oso: "officer", head: "headteacher", ict: "ict-lead", dev: "dpo", mia: "marketing" },
    users: { amy: "sixth-form", ben: "sixth-form" },
    time: `${dayBefore} 10:10:00`,
});
const people = await peopleOf(school);
const plain = (host, path = "") => `http://${host}:${school.ports.http}/${path}`;

async function aMorningInTheRooms() {
    for (const user of ["amy", "ben"]) {
        const page = await people.sitAt("study", { user });
        await expectOpen(page, plain("www.learning.example", user));
        await expectClosed(page, plain("www.instagram.com", `of-${user}`));
        await page.context().close();
    }
}

/** Reads the log about a person, with a purpose, as the ICT lead does. */
async function aLookWithAPurpose() {
    await test("the ICT lead looks for one person, and says why", async () => {
        const lead = await people.signIn("ict");
        await menu(lead, "Access log");
        await lead.fill("#person", "amy");
        await press(lead, "Search");
        await expectWords(lead, ["Write why you look"]);
        await lead.fill("#purpose", "Complaint of the morning");
        await eventually(async () => {
            await press(lead, "Search");
            return (await text(lead)).includes("www.instagram.com");
        }, "the rows");
        await lead.context().close();
    });
}

async function marketing() {
    const site = "www.instagram.com";
    await test("marketing states a purpose before anything is shown", async () => {
        const mia = await people.signIn("mia");
        await menu(mia, "Access log");
        await expectWords(mia, ["Before you look"], [site]);
        await mia.goto(`${school.console}/log?host=${site}`); // nor by the address of a search
        await expectWords(mia, ["Before you look"], ["of-amy", "blocked-social-media"]);
        await press(mia, "Begin");
        await expectWords(mia, ["Write what you look at it for", "Choose how long"]);
        await mia.fill("#purpose", "Does the open day's page reach pupils?");
        await mia.check("input[name=days][value='1']");
        await press(mia, "Begin");
        await expectWords(mia, ["You look at it for: Does the open day's page reach pupils?", site]);
        await mia.fill("#host", "learning.example");
        await press(mia, "Search");
        await expectWords(mia, ["www.learning.example"], ["blocked-social-media"]);
        await mia.context().close();
    });
    await test("the headteacher finds each of these reads in the audit, with what it was for", async () => {
        const head = await people.signIn("head", sizes.phone);
        await head.goto(`${school.console}/audit?action=access-log`);
        await expectWords(head, ["mia", "purpose: Does the open day's page reach pupils?; site: learning.example", "Complaint of the morning"]);
        await head.context().close();
    });
    await test("after its time she is refused, also with the address of a search", async () => {
        school.setClock("10:30:00"); // of the next school day: the purpose held for one day
        const mia = await people.signIn("mia");
        await menu(mia, "Access log");
        await expectWords(mia, ["Before you look"], [site]);
        for (const path of [`/log?host=${site}`, "/log/export", "/log/live"]) {
            const answer = await mia.request.get(`${school.console}${path}`);
            expect(!(await answer.text()).includes("blocked-social-media"), path);
        }
        await mia.context().close();
    });
}

async function dataProtection() {
    const dev = await people.signIn("dev");
    await test("the data protection officer sees how long everything is kept, and what marketing looked for", async () => {
        await menu(dev, "Privacy");
        await expectWords(dev, ["What is kept, and how long", "Attempts to get round the filter", "365 days", "Requests to open a site", "730 days",
            "Nothing was over its time yet.", "Does the open day's page reach pupils?"]);
    });
    await test("everything about one person is read first, after the own password", async () => {
        await dev.fill("#person", "amy");
        await dev.fill("#purpose", "Request for access, identity checked.");
        await dev.fill("#password", "not it");
        await press(dev, "Look at it");
        await expectWords(dev, ["There is a problem"]);
        await dev.fill("#password", people.secretOf("dev"));
        await press(dev, "Look at it");
        await expectWords(dev, ["Read what goes out beside what is kept", "Nothing that somebody wrote is kept about this person."], ["www.instagram.com"]);
    });
    await checkPage(dev, "everything-about-one-person");
    await test("it comes as a file then, and has nothing about another", async () => {
        const file = await download(dev, () => press(dev, "Make the file"));
        expect(file.name === "everything-about-one-person.json", file.name);
        const found = JSON.parse(file.bytes);
        expect(found.person === "amy" && found.access_log_is_whole, JSON.stringify(found).slice(0, 300));
        expect(found.access_log.some((row) => JSON.stringify(row).includes("www.instagram.com") && row.verdict === "block"), JSON.stringify(found.access_log));
        expect(!String(file.bytes).includes("ben"), "another person's rows");
    });
    await test("who read what, and why, is in the audit, with this read", async () => {
        await menu(dev, "Audit");
        await expectWords(dev, ["Complaint of the morning", "person:amy", "Request for access, identity checked.", "Does the open day's page reach pupils?"]);
        const file = await download(dev, () => dev.click("main a:has-text('CSV'), main a:has-text('ownload')"));
        expect(String(file.bytes).includes("Complaint of the morning"), file.name);
    });
    await dev.context().close();
}

async function governors() {
    const names = ["amy", "ben", "mia", "Mia"];
    const head = await people.signIn("head");
    let pupils = "";
    await test("the governors' report has a term's numbers and no name", async () => {
        await menu(head, "For governors");
        await expectWords(head, ["Numbers only: no person is in this report.", "Pupil", "Topics: what was closed", "Whole: no row was changed or removed"], names);
        pupils = (await head.locator("table:has-text('Use of the web, by role') tr:has-text('Pupil')").innerText()).replaceAll(/\s+/g, " ");
        const [asked, blocked] = pupils.match(/\d+/g).map(Number); // with what the browser asks for by itself, such as icons
        expect(asked >= 4 && blocked >= 2 && blocked < asked, pupils);
    });
    await test("for other days it has other numbers", async () => {
        await head.fill("#from", "2025-01-01");
        await head.fill("#to", "2025-03-01");
        await press(head, "Show");
        await expectWords(head, ["Nothing was recorded."]);
        await head.goBack();
    });
    await test("printed it has the report and none of the page's controls", async () => {
        await head.emulateMedia({ media: "print" });
        for (const gone of ["nav[aria-label=Menu]", "main form button", ".gh-footer a"])
            expect(!(await head.locator(gone).first().isVisible()), `${gone} is on paper`);
        expect(await head.locator("table:has-text('Use of the web, by role')").isVisible(), "the tables are");
        await head.emulateMedia({ media: "screen" });
    });
    await test("the PDF says the same, without a name", async () => {
        const file = await download(head, () => head.click("main a:has-text('Download it as a PDF')", { timeout: 90_000 }));
        expect(file.name.endsWith(".pdf") && file.bytes.subarray(0, 5).toString() === "%PDF-", file.name);
        const said = pdfText(file.bytes);
        expect(said.includes(pupils) && said.includes("Report for the governors"), `no "${pupils}" in: ${said.slice(0, 1500)}`);
        for (const name of names) expect(!said.includes(name), `${name} is in: ${said.slice(0, 1500)}`);
    });
    await head.context().close();
}

function pdfText(bytes) {
    return execFileSync("pdftotext", ["-layout", "-", "-"], { input: bytes, encoding: "utf8" }).replaceAll(/\s+/g, " ");
}

try {
    await aMorningInTheRooms();
    await aLookWithAPurpose();
    await marketing();
    await dataProtection();
    await governors();
} finally {
    await goHome(people, school);
}
finish();

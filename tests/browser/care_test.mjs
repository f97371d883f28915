#!/usr/bin/env node
// Looking after people, from what the gateway sees in a room to what is done about it and back: safeguarding alerts of pupils and of staff, the pupil
// permission with two keys and its end, supervised use from the first try to its end.
import { closesSoon, expectClosed, expectOpen, expectWords, goHome, look, menu, opensSoon, peopleOf, press, text } from "./at_school.mjs";
import { checkPage, expect, finish, sizes, test } from "./lib.mjs";
import { dayBefore, eventually, startSchool } from "./school.mjs";

const school = await startSchool({
    names: ["www.google.com", "forcesafesearch.google.com", "www.tiktok.com", "www.learning.example"],
    rooms: { "year 9": "127.0.1.10", library: "127.0.1.12", study: "127.0.1.14", desk: "127.0.1.21" },
    people: { oso: "officer", head: "headteacher", dora: "dsl", tess: "supervisor" },
    users: { amy: "sixth-form" },
    time: `${dayBefore} 10:10:00`,
});
const people = await peopleOf(school);
const plain = (host, path = "") => `http://${host}:${school.ports.http}/${path}`;
const cry = plain("www.google.com", "search?q=i+want+to+die");

/** The report of a theme in this person's queue, once it is there; leaves the page of its purpose open. */
async function openReport(page, theme) {
    await eventually(async () => {
        await menu(page, "Reports");
        return (await page.locator(`tr:has-text("${theme}")`).count()) > 0;
    }, `a report of ${theme}`);
    const row = await page.locator(`tr:has-text("${theme}")`).innerText();
    await page.click(`tr:has-text("${theme}") a`);
    return row;
}

async function giveReason(page, why) {
    await page.fill("#purpose", why);
    await press(page, "Open the report");
}

async function alertsOfPupils() {
    const pupil = await people.sitAt("year 9");
    const reader = await people.sitAt("library");
    await test("a search that is a cry for help is answered with help", async () => {
        const answer = await pupil.goto(cry);
        expect(answer.status() === 403, `${answer.status()}`);
        await expectWords(pupil, ["Tell someone"], ["Ask for this site"]);
        expect(/Childline|Samaritans|0800|116 123/.test(await text(pupil)), await text(pupil));
    });
    await test("a page about it opens, a site about it does not", async () => {
        await expectOpen(reader, plain("www.learning.example", "says/thinspo and pro ana"));
        await expectClosed(reader, plain("extremism-test.gatehouse.example"));
    });
    const lead = await people.signIn("dora");
    await test("the safeguarding lead is told of the search, at once and by place", async () => {
        await expectWords(lead, ["waiting"]);
        const row = await openReport(lead, "Thinking about ending one's life");
        expect(row.includes("Now") && row.includes("Nobody yet"), row);
        await expectWords(lead, ["Why do you open it?"], ["want to die"]);
        await press(lead, "Open the report");
        await expectWords(lead, ["Why do you open it?"], ["want to die"]); // not without a purpose
        await giveReason(lead, "Looking after the child");
        await expectWords(lead, ["i want to die", "Google", "year-9-room", "I look after it"]);
    });
    await test("she takes it up, writes down what she did, and it is done", async () => {
        await press(lead, "I look after it");
        await expectWords(lead, ["Others see that you look after it.", "dora"]);
        await openReport(lead, "Thinking about ending one's life");
        await giveReason(lead, "Looking after the child");
        await expectWords(lead, ["Looked after by"], ["I look after it"]);
        await lead.fill("#note", "Rang the form tutor; Ben is with her.");
        await press(lead, "Add the note");
        await expectWords(lead, ["Your note is kept with the report."]);
        await openReport(lead, "Thinking about ending one's life");
        await giveReason(lead, "Looking after the child");
        await expectWords(lead, ["Rang the form tutor; Ben is with her."]);
        await lead.fill("#outcome", "Talked to him and his parents.");
        await press(lead, "Mark as done");
        await expectWords(lead, ["The report is marked as done."], ["Thinking about ending one's life"]);
    });
    await test("she is told of the page and of the visit too", async () => {
        await openReport(lead, "Self-harm and suicide");
        await giveReason(lead, "Looking after the child");
        await expectWords(lead, ["a page of www.learning.example", "The page was shown.", "library"]);
        const row = await openReport(lead, "Extremism");
        expect(row.includes("Today"), row);
        await giveReason(lead, "Looking after the child");
        await expectWords(lead, ["a visit to extremism-test.gatehouse.example", "It was not opened."]);
    });
    for (const page of [pupil, reader]) await page.context().close();
    return lead;
}

async function alertsOfStaff(lead) {
    const teacher = await people.sitAt("desk");
    await look(teacher, cry);
    let address = "";
    await test("of a member of staff the headteacher is told", async () => {
        const head = await people.signIn("head", sizes.phone);
        await openReport(head, "Thinking about ending one's life");
        address = head.url();
        await giveReason(head, "Looking after a colleague");
        await expectWords(head, ["i want to die", "staff-desks", "A member of staff"]);
        await head.goto(`${school.console}/audit?action=report.`);
        await expectWords(head, ["report.read", "Looking after a colleague", "Looking after the child"]);
        await head.context().close();
    });
    await test("and neither the safeguarding lead nor the officer", async () => {
        const officer = await people.signIn("oso");
        for (const page of [lead, officer]) {
            await menu(page, "Reports");
            await expectWords(page, [], ["Thinking about ending one's life"]);
            expect((await page.goto(address)).status() === 403, "the report by its address");
        }
        await officer.context().close();
    });
    await teacher.context().close();
}

async function permissionWithTwoKeys() {
    const pupil = await people.sitAt("year 9");
    const elsewhere = await people.sitAt("library");
    const site = plain("www.tiktok.com");
    const officer = await people.signIn("oso");
    await test("the officer writes a permission down and gives the first key", async () => {
        await expectClosed(pupil, site);
        await menu(officer, "Permissions");
        await officer.click("main a:has-text('Write down a new one')");
        await officer.selectOption("#what", { label: "TikTok" });
        await officer.selectOption("#where", { label: "Year 9 classroom" });
        await officer.fill("#reason", "Dance project, led by Ms Ray.");
        await officer.selectOption("#group", { label: "Year 7" });
        await press(officer, "Go on");
        await expectWords(officer, ["takes nobody below 13"]);
        await officer.selectOption("#group", { label: "Year 9" });
        await press(officer, "Go on");
        await expectWords(officer, ["TikTok for Year 9", "It opens when both keys are given"]);
        await officer.fill("#measures", "Restricted mode; Ms Ray looks on.");
        await officer.check("input[name=days][value='7']");
        await press(officer, "Confirm the measures");
        await expectWords(officer, ["Your key is given.", "Waits for the headteacher"]);
        await expectClosed(pupil, site);
    });
    await test("the headteacher gives the second, and it opens for them, there", async () => {
        const head = await people.signIn("head", sizes.phone);
        await menu(head, "Permissions");
        await head.click("main a:has-text('TikTok')");
        await expectWords(head, ["Restricted mode; Ms Ray looks on."]);
        await head.check("input[name=days][value='1']");
        await press(head, "Permit it");
        await expectWords(head, ["It is open now."]);
        await head.context().close();
        await opensSoon(pupil, site);
        await expectClosed(elsewhere, site);
    });
    await test("it closes when one of the two keys is over", async () => {
        school.setClock("10:30:00"); // of the next school day: the headteacher's key held for one day, the officer's for seven
        await closesSoon(pupil, site);
        const again = await people.signIn("oso");
        await menu(again, "Permissions");
        await expectWords(again, ["Waits for the headteacher", "Over"]);
        await again.context().close();
    });
    for (const page of [pupil, elsewhere, officer]) await page.context().close();
}

async function supervise(page, length) {
    await menu(page, "Supervised use");
    await page.click("main a:has-text('amy')");
    await page.fill("#device", "127.0.1.14");
    await page.check(`input[name=length][value='${length}']`);
    await press(page, "I sit beside them");
    await expectWords(page, ["The web is open at that computer"]);
}

async function supervisedUse() {
    const site = plain("www.learning.example");
    const amy = await people.sitAt("study", { user: "amy" });
    const officer = await people.signIn("oso");
    await test("a try to get round the filter is seen, and shown to the officer for a purpose", async () => {
        await expectOpen(amy, site);
        await expectClosed(amy, plain("nordvpn.com"));
        await eventually(async () => {
            await menu(officer, "Incidents");
            return (await text(officer)).includes("nordvpn.com belongs to a VPN provider");
        }, "the incident");
        await expectWords(officer, [], ["amy"]);
        await officer.fill("#user", "amy");
        await officer.fill("#purpose", "A teacher told me.");
        await press(officer, "Search");
        await expectWords(officer, ["nordvpn.com belongs to a VPN provider"]);
    });
    await test("the officer proposes supervised use; nothing changes yet", async () => {
        await officer.click("a:has-text('Propose supervised use for amy')");
        await officer.fill("#reason", "A VPN site on two days.");
        await officer.fill("#against", "It was for a talk about privacy.");
        await officer.check("input[name=weeks][value='1']");
        await press(officer, "Propose it");
        await expectWords(officer, ["It is proposed."]);
        await expectOpen(amy, site);
    });
    await test("the headteacher confirms it with both sides and the evidence before them", async () => {
        const head = await people.signIn("head", sizes.phone);
        await menu(head, "Supervised use");
        await head.click("main a:has-text('amy')");
        await expectWords(head, ["A VPN site on two days.", "a talk about privacy", "nordvpn.com belongs to a VPN provider"]);
        await head.check("input[name=decision][value=confirm]");
        await press(head, "Confirm");
        await expectWords(head, ["Supervised use has begun."]);
        await head.context().close();
    });
    await test("the pupil reads why, and how to say that it is not so", async () => {
        await expectClosed(amy, site);
        await expectWords(amy, ["A VPN site on two days.", "a member of staff beside you", "127.0.1.14"], ["Ask for this site"]);
        const said = amy.locator("a[href*='/tell']");
        expect((await said.count()) > 0, "a way to contest it");
    });
    await checkPage(amy, "through-supervised");
    const beside = await people.signIn("tess", sizes.phone);
    await test("it is open while a member of staff sits at that computer, and closed when they leave", async () => {
        await supervise(beside, 30);
        await opensSoon(amy, site);
        await press(beside, "End it now");
        await expectWords(beside, ["The web is closed again for this person."]);
        await closesSoon(amy, site);
    });
    await test("and it ends by itself when its half hour is over", async () => {
        await supervise(beside, 30);
        await opensSoon(amy, site);
        school.setClock("11:05:00");
        await closesSoon(amy, site);
    });
    await test("two people end it early, and it is open again", async () => {
        const lead = await people.signIn("dora");
        await menu(lead, "Supervised use");
        await lead.click("main a:has-text('amy')");
        await lead.fill("#reason", "She has understood.");
        await press(lead, "Propose to end it");
        await expectWords(lead, ["Its end is proposed."]);
        await expectClosed(amy, site);
        await lead.context().close();
        const head = await people.signIn("head", sizes.phone);
        await menu(head, "Supervised use");
        await head.click("main a:has-text('amy')");
        await head.check("input[name=decision][value=end]");
        await press(head, "Decide");
        await expectWords(head, ["Supervised use is over."]);
        await head.context().close();
        await opensSoon(amy, site);
    });
    for (const page of [amy, officer, beside]) await page.context().close();
}

try {
    const lead = await alertsOfPupils();
    await alertsOfStaff(lead);
    await permissionWithTwoKeys();
    await supervisedUse();
} finally {
    await goHome(people, school);
}
finish();

#!/usr/bin/env node
// Asking for a site, beyond one pupil: a teacher for one lesson of a year group, two who ask for the same, the headteacher. From the pages of the people to
// what then opens and closes in the rooms.
import { closesSoon, decide, expectClosed, expectOpen, expectWords, fillAsk, goHome, menu, openRequest, opensSoon, peopleOf, press, text } from "./at_school.mjs";
import { checkPage, expect, finish, sizes, test } from "./lib.mjs";
import { dayBefore, startSchool } from "./school.mjs";

const forum = "www.reddit.com";
const parents = "www.mumsnet.com";
const school = await startSchool({
    names: [forum, "fandom.com", "community.fandom.com", parents],
    rooms: { teacher: "127.0.1.21", "year 9": "127.0.1.10", "year 7": "127.0.1.11", library: "127.0.1.12" },
    people: { oso: "officer", head: "headteacher", carla: "chief-executive" },
    time: `${dayBefore} 10:10:00`,
});
const people = await peopleOf(school);
const siteOf = (host) => `https://${host}:${school.ports.https}/`;
const forumSite = siteOf(forum);

/** From the officer's list: opens it as it is proposed, for whom `fill` says. */
async function recommend(officer, host, why, fill, decider = "with the headteacher") {
    await openRequest(officer, host);
    await officer.check("input[name=advice][value=open]");
    await officer.fill("#text", why);
    await fill(officer);
    await press(officer, "Send to the headteacher");
    await expectWords(officer, [decider]);
}

async function oneLessonForYear9() {
    const teacher = await people.sitAt("teacher");
    const year9 = await people.sitAt("year 9");
    const year7 = await people.sitAt("year 7");
    let status = "";
    await test("a teacher asks for a site, for Year 9 and one lesson of tomorrow", async () => {
        await expectClosed(teacher, forumSite);
        await teacher.click("text=Ask for this site");
        status = await fillAsk(teacher, "Curriculum activity: Year 9 compare two discussions in lesson 3 tomorrow, led by Mr Hall.", "Mr Hall");
    });
    await test("the officer recommends it for Year 9, for that lesson of that day", async () => {
        const officer = await people.signIn("oso");
        await recommend(officer, forum, "Mr Hall has read the two pages.", async (page) => {
            await page.check("input[name=scope][value=other-group]");
            await page.selectOption("#group", { label: "Year 9" });
            await page.selectOption("#when", { label: "At any time" });
            await page.fill("#day", school.day);
            await page.selectOption("#until", { label: "1 hour" });
            await press(page, "Send to the headteacher");
            await expectWords(page, ["From a later day on it opens for one day at least"]);
            await page.selectOption("#until", { label: "One lesson, until it ends" });
            await press(page, "Send to the headteacher");
            await expectWords(page, ["Choose which lesson"]);
            await page.selectOption("#when", { label: "Only during lesson 3" });
        });
        await officer.context().close();
    });
    await test("the headteacher sees for whom and when, and approves", async () => {
        const head = await people.signIn("head", sizes.phone);
        await openRequest(head, forum);
        await expectWords(head, ["The group Year 9", "In: lesson 3", "It opens on the day that the officer proposes", "led by Mr Hall"]);
        await decide(head, "approve", "Good for their English.");
        await expectWords(head, ["Approved"]);
        await menu(head, "Grants");
        await expectWords(head, [forum, "Year 9", "Later"]);
        await head.context().close();
    });
    await test("the teacher reads the answer, and from when on it is open", async () => {
        await teacher.goto(status);
        await expectWords(teacher, ["Yes", "Good for their English.", "Open from", "Only during lesson 3"]);
    });
    await checkPage(teacher, "through-status-later");
    await test("it is closed on the day before, in that lesson too", async () => {
        school.setClock(`${dayBefore} 11:05:00`);
        await expectClosed(year9, forumSite);
    });
    await test("and on its day before the lesson", async () => {
        school.setClock("10:30:00");
        await expectClosed(year9, forumSite);
        school.setClock("10:45:00"); // break
        await expectClosed(year9, forumSite);
        await expectWords(year9, ["This site is not open yet"]);
    });
    await checkPage(year9, "through-not-open-yet");
    await test("Year 9 open it in the lesson, another year and the teacher do not", async () => {
        school.setClock("11:00:30");
        await opensSoon(year9, forumSite);
        await expectOpen(year9, forumSite);
        await expectClosed(year7, forumSite);
        await expectClosed(teacher, forumSite);
    });
    await test("it ends with the lesson, and stays closed", async () => {
        school.setClock("11:49:50");
        await expectOpen(year9, forumSite);
        school.setClock("11:51:00");
        await closesSoon(year9, forumSite);
        school.setClock("13:40:00"); // lesson 5
        await expectClosed(year9, forumSite);
    });
    for (const page of [teacher, year9, year7]) await page.context().close();
}

async function twoWhoAskForTheSame() {
    school.setClock("10:10:00");
    const pages = [await people.sitAt("library"), await people.sitAt("year 9")];
    const sites = [siteOf("fandom.com"), siteOf("community.fandom.com")];
    const answers = [];
    await test("two pupils ask for two parts of a service", async () => {
        for (const [place, page] of pages.entries()) {
            await expectClosed(page, sites[place]);
            await page.click("text=Ask for this site");
            answers.push(await fillAsk(page, `For my essay, number ${place}.`));
        }
    });
    const officer = await people.signIn("oso");
    await test("the officer merges the two", async () => {
        await openRequest(officer, "community.fandom.com");
        await officer.click("a:has-text('Merge it with another request')");
        expect((await officer.textContent("label:has-text('fandom.com (')")).trim().startsWith("fandom.com ("), "the other one is offered, with its number");
        await officer.check("input[name=into] >> nth=0");
        await press(officer, "Merge");
        await expectWords(officer, ["One decision is made for both people"], ["community.fandom.com"]);
        await pages[1].goto(answers[1]);
        await expectWords(pages[1], ["community.fandom.com", "Waiting", "One decision is made for all of you"]);
    });
    await test("what is recommended shows both who asked", async () => {
        await openRequest(officer, "fandom.com");
        await expectWords(officer, ["number 0", "number 1", "Others who asked", "community.fandom.com"]);
        await officer.goBack();
        await recommend(officer, "fandom.com", "Essays.", async (page) => {
            await page.check("input[name=scope][value=role]");
            await page.selectOption("#when", { label: "In lessons only" });
            await page.selectOption("#until", "hour");
        });
    });
    await test("one decision, the same answer for both, and both parts open", async () => {
        const head = await people.signIn("head", sizes.phone);
        await openRequest(head, "fandom.com");
        await decide(head, "approve", "Write well.");
        await expectWords(head, ["Approved"]);
        await head.context().close();
        for (const [place, page] of pages.entries()) {
            await page.goto(answers[place]);
            await expectWords(page, ["Yes", "Write well.", "In lessons only"]);
            await expectOpen(page, sites[place]);
        }
    });
    for (const page of [...pages, officer]) await page.context().close();
}

async function theHeadteacherAsks() {
    const asking = await people.sitAt("teacher");
    let status = "";
    await test("the headteacher asks from a desk", async () => {
        await expectClosed(asking, siteOf(parents));
        await asking.click("text=Ask for this site");
        status = await fillAsk(asking, "Parents write about our open day there.", "head");
    });
    await test("it goes from the officer to the chief executive", async () => {
        const officer = await people.signIn("oso");
        await recommend(officer, parents, "For the headteacher's desk.", async (page) => {
            await page.check("input[name=scope][value=role]");
            await page.selectOption("#until", "hour");
        }, "with the chief executive");
        await asking.goto(status);
        await expectWords(asking, ["Now the chief executive decides."]);
        await officer.context().close();
    });
    await test("the headteacher has no way to decide on it", async () => {
        const head = await people.signIn("head");
        await menu(head, "Requests");
        expect(!(await text(head, "main")).includes(parents), "it is not in their queue");
        await expectClosed(asking, siteOf(parents));
        await head.context().close();
    });
    await test("the chief executive decides, and it opens", async () => {
        const chief = await people.signIn("carla", sizes.phone);
        await expectWords(chief, ["1 waiting"]);
        await chief.click("main a:has-text('Decide on requests')");
        await chief.click(`main a:has-text("${parents}")`);
        await decide(chief, "approve", "Read it, do not answer there.");
        await expectWords(chief, ["Approved"]);
        await chief.context().close();
        await opensSoon(asking, siteOf(parents));
        await asking.goto(status);
        await expectWords(asking, ["The chief executive said yes.", "Read it, do not answer there."]);
    });
    await asking.context().close();
}

try {
    await oneLessonForYear9();
    await twoWhoAskForTheSame();
    await theHeadteacherAsks();
} finally {
    await goHome(people, school);
}
finish();

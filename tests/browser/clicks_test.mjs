#!/usr/bin/env node
// How many clicks a task takes from the start page: links, buttons and choices; typing is not counted. None may take more than the table in README.md says.
import { expect, finish, signIn, startBrowser, startGateway, test, visitor } from "./lib.mjs";

const gateway = await startGateway();
const browser = await startBrowser();

/** A person at their start page whose clicks are counted. */
async function sitDown(login) {
    const page = await visitor(browser);
    await signIn(page, gateway, login);
    let clicks = 0;
    const click = async (where) => {
        clicks += 1;
        await page.click(where);
    };
    return {
        page,
        count: () => clicks,
        click,
        menu: (text) => click(`nav[aria-label=Menu] a:text-is("${text}")`),
        main: (text) => click(`main a:text-is("${text}")`),
        press: (text) => click(`main button:has-text("${text}")`),
        choose: async (name, value) => {
            clicks += 1;
            await page.selectOption(`#${name}`, value);
        },
        start: async () => {
            clicks = 0;
            await page.goto(`${gateway.console}/`);
        },
    };
}

async function says(person, words) {
    const said = await person.page.textContent("body");
    expect(said.includes(words), said.replace(/\s+/g, " ").slice(0, 1500));
}

const tasks = {
    "why was a request blocked": ["officer", 2, async (person) => {
        await person.menu("Access log");
        await person.click("main a:has-text('Why?')");
        await says(person, "Step by step");
    }],
    "would a site open for a pupil": ["officer", 2, async (person) => {
        await person.menu("Check a site");
        await person.page.fill("#url", "www.instagram.com");
        await person.press("Check");
        await says(person, "blocked-social-media");
    }],
    "put a site on the blocklist": ["officer", 3, async (person) => {
        await person.menu("School lists");
        await person.main("Add sites");
        await person.page.fill("#target", "clicks.example");
        await person.page.fill("#reason", "Counted.");
        await person.press("Add");
        await says(person, "It is in the draft");
    }],
    "see what the draft would change": ["officer", 2, async (person) => {
        await person.menu("Draft");
        await person.main("What would change?");
        await says(person, "Requests looked at");
    }],
    "publish the draft": ["officer", 2, async (person) => {
        await person.menu("Draft");
        await person.page.fill("#message", "Counted.");
        await person.press("Publish");
        await says(person, "The change is live");
    }],
    "take a publication back": ["officer", 4, async (person) => {
        await person.menu("Draft");
        await person.main("What was published before");
        await person.click("main tbody tr:first-child a");
        await person.press("Take it back");
        await says(person, "is taken back");
    }],
    "open a service at break": ["officer", 4, async (person) => {
        await person.menu("Services");
        await person.main("Snapchat");
        await person.choose("role-pupil", "breaks");
        await person.page.fill("#why", "Counted.");
        await person.press("Put it into the draft");
        await says(person, "It is in the draft");
    }],
    "add an INSET day": ["officer", 4, async (person) => {
        await person.menu("Rules");
        await person.main("The timetable");
        await person.main("Add closed days, such as an INSET day");
        await person.page.fill("#name", "INSET day");
        await person.page.fill("#first", "2027-06-14");
        await person.page.fill("#why", "Counted.");
        await person.press("Put it into the draft");
        await says(person, "It is in the draft");
    }],
    "recommend on a request": ["officer", 3, async (person) => {
        await person.click("main a:has-text('Look at requests')");
        await person.click("main tbody tr:first-child a");
        await person.page.fill("#text", "For Year 9.");
        await person.press("Send to the headteacher");
        await says(person, "headteacher");
    }],
    "approve a request": ["head", 4, async (person) => {
        await person.click("main a:has-text('Decide on requests')");
        await person.click("main tbody tr:first-child a");
        await person.click("#decision");
        await person.page.fill("#reason", "Yes.");
        await person.press("Confirm");
        await says(person, "open");
    }],
    "hand the governors their report": ["head", 2, async (person) => {
        await person.menu("For governors");
        const waiting = person.page.waitForEvent("download");
        await person.main("Download it as a PDF");
        expect((await waiting).suggestedFilename().endsWith(".pdf"), "a PDF comes");
    }],
    "close the account of somebody who leaves": ["ict", 3, async (person) => {
        await person.menu("Accounts");
        await person.click("main tbody tr:has-text('beside') a");
        await person.page.fill("#sure", "three plain words");
        await person.press("Close the account");
        await says(person, "The account is closed");
    }],
};

try {
    const people = {};
    for (const login of ["officer", "head", "ict"]) people[login] = await sitDown(login);
    for (const [task, [login, most, does]] of Object.entries(tasks)) {
        await test(`${task}: ${most} clicks`, async () => {
            await people[login].start();
            await does(people[login]);
            expect(people[login].count() === most, `${people[login].count()} clicks`);
        });
    }
} finally {
    await browser.close();
    await gateway.stop();
}
finish();

// The main journeys of PRODUCT's people, for every browser: asking for a site and deciding, changing the school's lists, deciding about people.
// A stage is { gateway, browser, options }, the options those of a browser context.
import { expect, signIn, sizes, test, visitor } from "./lib.mjs";

export async function text(page) {
    return (await page.textContent("main")).replaceAll(/\s+/g, " ");
}

export async function personOf(stage, login, size = sizes.desktop) {
    const page = await visitor(stage.browser, size, stage.options);
    await signIn(page, stage.gateway, login);
    return page;
}

export async function follow(page, words) {
    await page.click(`a:has-text("${words}")`);
}

/** From the pupil's wish to the answer; the three people go on with their pages. */
export async function askAndDecide(stage) {
    const { gateway } = stage;
    const pupil = await visitor(stage.browser, sizes.phone, stage.options);
    let statusPage = "";
    await test("a pupil asks and sees the state without an account", async () => {
        await pupil.goto(`${gateway.portal}/ask`);
        await pupil.fill("#site", "www.wanted.example");
        await pupil.fill("#why", "For my history homework <b>please</b>");
        await pupil.fill("#name", "Sam, 9B");
        await pupil.click("button:has-text('Send')");
        const said = await text(pupil);
        expect(said.includes("Thank you") && said.includes("Waiting") && said.includes("homework <b>please</b>"), said);
        statusPage = pupil.url().replace("&new=1", "");
        expect(/\/status\/[0-9A-Z]{4}-[0-9A-Z]{4}\?key=[0-9a-f]{32}/.test(statusPage), statusPage);
    });
    await test("the status page needs its key", async () => {
        const answer = await pupil.goto(statusPage.replace(/key=.*/, `key=${"0".repeat(32)}`));
        expect(answer.status() === 404, `${answer.status()}`);
    });

    const officer = await personOf(stage, "officer");
    await test("the officer recommends", async () => {
        await officer.goto(`${gateway.console}/requests`);
        await follow(officer, "www.wanted.example");
        expect((await text(officer)).includes("Sam, 9B"), "who asked is shown");
        await officer.check("#advice");
        await officer.fill("#text", "A museum. Fine for lessons.");
        await officer.check("#scope-everyone");
        await officer.selectOption("#until", "week");
        await officer.click("button:has-text('Send to the headteacher')");
        expect((await text(officer)).includes("with the headteacher"), await text(officer));
    });
    await test("the officer has no way to approve", async () => {
        await officer.goto(`${gateway.console}/requests?show=recommended`);
        await follow(officer, "www.wanted.example");
        expect((await officer.locator("form[action='/request/decide']").count()) === 0, "no form");
        const answer = await officer.request.post(`${gateway.console}/request/decide`, { headers: { origin: gateway.console }, form: { id: "1", version: "2", decision: "approve", reason: "x" } });
        expect(answer.status() === 403, `${answer.status()}`);
    });

    const head = await personOf(stage, "head", sizes.phone);
    await test("the headteacher approves in two screens", async () => {
        await head.goto(`${gateway.console}/requests`);
        await follow(head, "www.wanted.example");
        expect((await text(head)).includes("A museum"), "the recommendation is shown");
        await head.check("#decision");
        await head.fill("#reason", "Good for history.");
        await head.click("button:has-text('Confirm')");
        expect((await text(head)).includes("opens as the officer proposed"), await text(head));
    });
    await test("the pupil reads the answer", async () => {
        await pupil.goto(statusPage);
        const said = await text(pupil);
        expect(said.includes("Yes") && said.includes("Good for history."), said);
    });
    return { pupil, officer, head };
}

/** Several sites at once: tried, published, taken back. */
export async function changeTheLists({ gateway }, officer) {
    await test("several sites go into the draft, are tried on the last days, published with a message and taken back", async () => {
        await officer.goto(`${gateway.console}/lists/add`);
        await officer.fill("#target", "www.other.example\n\nhttps://fresh.example/games?level=2\n");
        await officer.fill("#reason", "Year 9 plays there in lessons.");
        await officer.click("main button:has-text('Add')");
        expect((await text(officer)).includes("Nothing is live yet"), await text(officer));
        expect((await text(officer)).includes("fresh.example/games"), await text(officer));
        expect((await text(officer)).includes("goes by the name of this site alone"), "that the entry does nothing on https is said");
        await follow(officer, "What would change?");
        expect(/Requests looked at\s+\d+/.test(await text(officer)), await text(officer));
        await officer.goto(`${gateway.console}/draft`);
        await officer.fill("#message", "Games that Year 9 found.");
        await officer.click("button:has-text('Publish')");
        expect((await text(officer)).includes("The change is live"), await text(officer));
        await officer.goto(`${gateway.console}/check?url=http://fresh.example/games&role=pupil`);
        expect((await text(officer)).includes("Blocked"), await text(officer));
        await officer.goto(`${gateway.console}/history`);
        await follow(officer, "Games that Year 9 found.");
        await officer.click("button:has-text('Take it back')");
        expect((await text(officer)).includes("taken back"), await text(officer));
        await officer.goto(`${gateway.console}/lists`);
        expect(!(await text(officer)).includes("fresh.example"), await text(officer));
    });
}

/** Supervised use and the second key, by the headteacher's phone. */
export async function decideAboutPeople(stage, head) {
    const { gateway } = stage;
    await test("the headteacher confirms supervised use from a phone, with both sides before them", async () => {
        await head.goto(gateway.console);
        await follow(head, "Supervised use");
        await follow(head, "pat.year9");
        const said = await text(head);
        expect(said.includes("A proxy site on Monday") && said.includes("used by a friend") && said.includes("no incident"), said);
        await head.click("button:has-text('Confirm')");
        expect((await text(head)).includes("Choose what you decide"), await text(head));
        await head.check("#decision");
        await head.click("button:has-text('Confirm')");
        expect((await text(head)).includes("has begun"), await text(head));
    });
    await test("a member of staff sits beside somebody, and ends it", async () => {
        const beside = await personOf(stage, "beside", sizes.phone);
        await follow(beside, "Supervised use");
        await follow(beside, "pat.year9");
        expect(!(await text(beside)).includes("proxy site"), "not why");
        await beside.fill("#device", "library-kiosk");
        await beside.check("#length");
        await beside.click("button:has-text('I sit beside them')");
        expect((await text(beside)).includes("open at that computer"), await text(beside));
        await beside.click("button:has-text('End it now')");
        expect((await text(beside)).includes("closed again"), await text(beside));
        await beside.context().close();
    });
    await test("the headteacher gives the second key from a phone, and it opens", async () => {
        await head.goto(gateway.console);
        await follow(head, "Permissions with two keys");
        await follow(head, "YouTube");
        expect((await text(head)).includes("Mr Hall looks on"), "the measures are shown");
        await head.check("#days");
        await head.click("button:has-text('Permit it')");
        expect((await text(head)).includes("It is open now"), await text(head));
    });
}

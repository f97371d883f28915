#!/usr/bin/env node
// Every page and state of portal and console, for each role, on a phone and on a desktop: axe, targets, keyboard, no sideways scrolling.
// Screenshots go to the folder GATEHOUSE_SHOTS, where it is set, to be looked at.
import { get } from "node:http";
import { checkPage, codeOf, expect, expectChoicesFit, finish, password, signIn, startBrowser, startGateway, test, visitor } from "./lib.mjs";
import { addressOf, portalPages, roles } from "./pages.mjs";

const gateway = await startGateway();
const browser = await startBrowser();

function nameOf(role, path) {
    return `${role}${path.replaceAll(/[^a-z0-9]+/gi, "-").replace(/-$/, "")}`;
}

try {
    const page = await visitor(browser);
    for (const path of portalPages(gateway)) {
        await page.goto(gateway.portal + path);
        await checkPage(page, nameOf("portal", path.startsWith("/status/") && path.includes("key") ? "/status-shown" : path));
    }
    await page.goto(`${gateway.portal}/ask`);
    await page.click("button[type=submit]");
    await checkPage(page, "portal-ask-errors");
    await page.goto(`${gateway.portal}/tell`);
    await page.click("button[type=submit]");
    await checkPage(page, "portal-tell-errors");

    const proxied = await startBrowser([`--proxy-server=127.0.0.1:${gateway.ports.proxy}`, "--disable-features=HttpsUpgrades"]);
    try {
        for (const scheme of ["light", "dark"]) {
            const pupil = await visitor(proxied, undefined, { colorScheme: scheme });
            const answer = await pupil.goto("http://www.time-waster.example/some/path?token=secret");
            await test(`the block page (${scheme}) is small, not kept, and has its number`, async () => {
                const headers = answer.headers();
                expect(answer.status() === 403 && headers["cache-control"].includes("no-store") && headers["gatehouse-decision"], JSON.stringify(headers));
                const html = await answer.text();
                expect(html.length < 20_000 && !html.includes("secret") && !html.includes("/some/path"), `${html.length} characters`);
            });
            await checkPage(pupil, `block-page-${scheme}`);
            await pupil.click("text=Ask for this site");
            await checkPage(pupil, `portal-ask-from-block-page-${scheme}`);
            await test(`the link of the block page (${scheme}) knows its site`, async () => {
                await pupil.fill("#why", "A school project about pictures.");
                await pupil.click("button[type=submit]");
                const said = await pupil.textContent("main");
                expect(said.includes("www.time-waster.example") && said.includes("Thank you"), said);
            });
            await pupil.goBack();
            await pupil.goBack();
            await pupil.click("text=Tell someone about this");
            await checkPage(pupil, `portal-tell-from-block-page-${scheme}`);
            await pupil.goto("http://no-such-name.invalid/");
            await checkPage(pupil, `error-page-${scheme}`);
            await pupil.context().close();
        }
        for (const [locale, right] of [["pl-PL", false], ["ur", true], ["pa", false]]) {
            const pupil = await visitor(proxied, undefined, { locale });
            await pupil.goto("http://www.time-waster.example/");
            await test(`the block page speaks ${locale}`, async () => {
                const [lang, dir] = await pupil.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).direction]);
                expect(locale.startsWith(lang) && dir === (right ? "rtl" : "ltr"), `${lang} ${dir}`);
            });
            await checkPage(pupil, `block-page-${locale}`);
            await pupil.goto("http://no-such-name.invalid/");
            await test(`the error page speaks ${locale}`, async () => {
                const [lang, dir, said] = await pupil.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).direction, document.body.innerText]);
                expect(locale.startsWith(lang) && dir === (right ? "rtl" : "ltr") && !/We cannot|What you can do/.test(said), `${lang} ${dir} ${said}`);
            });
            await checkPage(pupil, `error-page-${locale}`);
            await pupil.goBack();
            await pupil.click(".tongues a");
            await checkPage(pupil, `portal-blocked-${locale}`);
            await pupil.click("a[lang=ar]");
            await test(`another language is two clicks from ${locale}`, async () => {
                const [lang, heading] = await pupil.evaluate(() => [document.documentElement.lang, document.querySelector("h1").textContent]);
                expect(lang === "ar" && /[\u0600-\u06ff]/.test(heading), `${lang} ${heading}`);
            });
            await test(`and the form behind it stays in the language that was chosen from ${locale}`, async () => {
                await pupil.click("a.button.first");
                expect(new URL(pupil.url()).pathname === "/ask" && (await pupil.getAttribute("html", "lang")) === "ar", pupil.url());
            });
            await pupil.context().close();
        }
    } finally {
        await proxied.close();
    }

    await page.goto(`${gateway.console}/sign-in`);
    await checkPage(page, "sign-in");
    await page.fill("#login", "officer");
    await page.fill("#password", "wrong");
    await page.click("button[type=submit]");
    await checkPage(page, "sign-in-refused");

    const newcomer = await visitor(browser);
    await newcomer.goto(`${gateway.console}/sign-in`);
    await newcomer.fill("#login", "newcomer");
    await newcomer.fill("#password", password);
    await newcomer.click("button[type=submit]");
    await newcomer.waitForSelector("text=Your account is there, and waits");
    await checkPage(newcomer, "sign-in-waits");

    const fresh = await visitor(browser);
    await signIn(fresh, gateway, "fresh");
    await test("a first sign-in opens nothing but the change of the password", async () => {
        expect(new URL(fresh.url()).pathname === "/account/password", fresh.url());
        await fresh.goto(`${gateway.console}/requests`);
        expect(new URL(fresh.url()).pathname === "/account/password", fresh.url());
    });
    await checkPage(fresh, "first-password");

    for (const [role, paths] of Object.entries(roles)) {
        const person = await visitor(browser);
        await signIn(person, gateway, role);
        for (const path of paths) {
            await person.goto(gateway.console + addressOf(gateway, path));
            await checkPage(person, nameOf(role, path));
        }
        if (role === "ict") {
            await person.goto(`${gateway.console}/log`);
            await person.click("text=Why?");
            await checkPage(person, "ict-why");
        }
        if (role === "ict") {
            await test("the log is seen as it is written, and can be paused", async () => {
                await person.goto(`${gateway.console}/log/live`);
                await person.waitForSelector("text=New rows come at the top.");
                await new Promise((resolve, reject) => {
                    get({ host: "127.0.0.1", port: gateway.ports.proxy, path: "http://www.time-waster.example/live?%3Cb%3Ex", headers: { host: "www.time-waster.example" } }, (answer) => answer.resume().on("end", resolve)).on("error", reject);
                });
                await person.waitForSelector("tbody tr:first-child:has-text('www.time-waster.example')");
                await person.click("#live-button");
                expect((await person.textContent("#live-state")) === "Paused.", await person.textContent("#live-state"));
                await person.click("#live-button");
                await person.waitForSelector("text=New rows come at the top.");
            });
            await person.goto(`${gateway.console}/checks`);
            await person.click("text=Run the checks now");
            await checkPage(person, "ict-checks-run");
            await person.goto(`${gateway.console}/governors`);
            await checkPage(person, "ict-governors-with-checks");
            await person.goto(`${gateway.console}/accounts/add`);
            await person.click("main button[type=submit]");
            await checkPage(person, "ict-accounts-add-errors");
            await person.fill("#name", "Nora New");
            await person.fill("#login", "nora");
            await person.check("[name=role][value=supervisor]");
            await person.fill("#password", password);
            await person.click("main button[type=submit]");
            await checkPage(person, "ict-accounts-first-password");
            await person.goto(`${gateway.console}/accounts`);
            await person.click("text=nora");
            await person.fill("#sure", password);
            await person.click("text=Close the account");
            await checkPage(person, "ict-account-closed");
            await person.click("text=Forget this person");
            await checkPage(person, "ict-account-forget-errors");
            await person.fill("#reason", "Asked for by the person.");
            await person.fill("#gone", password);
            await person.click("text=Forget this person");
            await person.waitForSelector("text=closed less than a day ago"); // it had a role
            await checkPage(person, "ict-account-forget-too-early");
            await person.goto(`${gateway.console}/accounts/add`);
            await person.fill("#name", "Olga Old");
            await person.fill("#login", "olga");
            await person.selectOption("#subject", "staff"); // no role in the console: nothing keeps the account
            await person.fill("#password", password);
            await person.click("main button[type=submit]");
            await person.goto(`${gateway.console}/accounts`);
            await person.click("text=olga");
            await person.fill("#sure", password);
            await person.click("text=Close the account");
            await person.fill("#reason", "Asked for by the person.");
            await person.fill("#gone", password);
            await person.click("text=Forget this person");
            await person.waitForSelector("text=Nothing says any more whose account it was.");
            await checkPage(person, "ict-account-forgotten");
            await person.goto(`${gateway.console}/roles`);
            await test("whose name is their user name is named once", async () => {
                const text = await person.innerText("main");
                expect(text.includes("newcomer") && !text.includes("newcomer (newcomer)"), text);
            });
        }
        if (role === "officer") {
            for (const path of ["/timetable", "/timetable?show=live", "/timetable?group=year-9", "/timetable/edit?table=period", "/draft/effect", "/log", "/lists", "/permission/new", "/services/one?id=tiktok", "/rules/edit", "/check"]) {
                await person.goto(gateway.console + path);
                for (const language of ["es", "en"]) {
                    await person.click(`.gh-languages a[lang=${language}]`);
                    await test(`what can be chosen on ${path} can be read on a narrow phone (${language})`, async () => {
                        await person.setViewportSize({ width: 320, height: 640 });
                        await expectChoicesFit(person);
                    });
                }
            }
            for (const [path, name] of [["/supervision/propose", "propose"], ["/permission/new", "permission"], ["/rules/edit", "rule"], ["/services/one?id=tiktok", "service"], ["/timetable/edit?table=period", "period"]]) {
                await person.goto(gateway.console + path);
                await person.click("main button[type=submit]");
                await checkPage(person, `officer-${name}-errors`);
            }
            await person.goto(`${gateway.console}/lists/add`);
            await person.click("main button[type=submit]");
            await checkPage(person, "officer-lists-add-errors");
            await person.fill("#target", "good.example\nnot a site\ntime-waster.example");
            await person.fill("#reason", "Several at once.");
            await person.click("main button[type=submit]");
            await checkPage(person, "officer-lists-add-lines");
            await person.goto(`${gateway.console}/draft`);
            await person.click("button:has-text('Publish')");
            await checkPage(person, "officer-draft-errors");
            await person.goto(`${gateway.console}/request?id=${gateway.seed.waiting_id}`);
            await person.click("text=Send to the headteacher");
            await checkPage(person, "officer-recommend-errors");
        }
        if (role === "officer") {
            for (const [path, said, unsaid] of [["/incidents", ["A VPN service: vpn.example", "Library"], "vpn host"], ["/rules", ["sign: an unusual port"], "odd port"], ["/supervision/one?id={supervised_id}", ["A VPN service: vpn.example"], "vpn host"]]) {
                await person.goto(gateway.console + addressOf(gateway, path));
                await test(`${path} speaks as people do, not by our own names`, async () => {
                    const text = await person.innerText("main");
                    expect(said.every((each) => text.includes(each)) && !text.includes(unsaid), text);
                });
            }
        }
        if (role === "newrole") {
            await person.goto(`${gateway.console}/`);
            await test("whose role is new reads from when it decides", async () => {
                expect((await person.textContent("body")).includes("Your role is new. It decides from"), await person.textContent("body"));
            });
        }
        if (role === "dpo") {
            await person.goto(`${gateway.console}/privacy`);
            await person.click("main button[type=submit]");
            await checkPage(person, "dpo-privacy-errors");
        }
        if (role === "auditor") {
            await person.goto(`${gateway.console}/rules`);
            await test("on a phone the label of a cell is no code, whatever stands in it", async () => {
                await person.setViewportSize({ width: 320, height: 640 });
                const [label, cell, page] = await person.evaluate(() => {
                    const code = document.querySelector(".gh-cards td.gh-mono");
                    const plain = document.querySelector(".gh-cards td[data-label]:not(.gh-mono)");
                    return [getComputedStyle(code, "::before"), getComputedStyle(code), getComputedStyle(plain, "::before")].map((look) => look.fontFamily);
                });
                expect(label === page && cell !== page, `${label}; ${cell}; ${page}`);
            });
            await person.goto(`${gateway.console}/account/second-factor`);
            await person.fill("#password", "not mine");
            await person.click("button:has-text('Set it up')");
            await checkPage(person, "second-factor-wrong-password");
            await person.fill("#password", password);
            await person.click("button:has-text('Set it up')");
            await person.waitForSelector("img");
            await test("the picture for the phone is one", async () => {
                expect(await person.evaluate(() => document.querySelector("main img").naturalWidth > 100), "it is not drawn");
            });
            await checkPage(person, "second-factor-phone");
            const key = /key into it: ((?:[A-Z2-7]{4} ?){8})/.exec(await person.textContent("main"))[1];
            await person.fill("#code", codeOf(key));
            await person.click("button:has-text('Turn it on')");
            await checkPage(person, "second-factor-paper");
            await person.goto(`${gateway.console}/account/second-factor`);
            await checkPage(person, "second-factor-on");
            await person.click("text=Sign out");
            await signIn(person, gateway, role, password, /\/sign-in\/code$/);
            await checkPage(person, "sign-in-code");
            await person.fill("#code", "000000");
            await person.click("button:has-text('Go on')");
            await checkPage(person, "sign-in-code-wrong");
        }
        await person.context().close();
    }
} finally {
    await browser.close();
    await gateway.stop();
}
finish();

#!/usr/bin/env node
// The console in its second language and the portal in all of its ten: no English sentence is left on any page, and what was chosen stays chosen.
// The catalogues say which words are ours; what people wrote, and what the school named itself, stays as it is.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findCutWhenNarrow } from "./comfort.mjs";
import { checkPage, expect, finish, root, screenshot, signIn, sizes, startBrowser, startGateway, test, visitor } from "./lib.mjs";
import { addressOf, portalPages, roles } from "./pages.mjs";

const folder = join(root, "proxy", "portal", "languages");

function catalogueOf(tag) {
    const files = readdirSync(folder).filter((name) => name.startsWith(`${tag}.`) || (name.startsWith(`${tag}-`) && !name.includes("-kept")));
    return new Map(files.flatMap((name) => Object.entries(JSON.parse(readFileSync(join(folder, name), "utf8")))));
}

/// Patterns of sentences that were kept in English, with what is said instead.
function keptBy(tag) {
    const files = readdirSync(folder).filter((name) => name.startsWith(`${tag}-kept`));
    const contexts = files.flatMap((name) => Object.values(JSON.parse(readFileSync(join(folder, name), "utf8"))));
    return contexts.flatMap((context) => Object.entries(context));
}

/// What the example school named itself, longest first: its titles and ids stay as they are in every language.
const named = readdirSync(join(root, "config"))
    .filter((name) => name.endsWith(".toml"))
    .flatMap((name) => [...readFileSync(join(root, "config", name), "utf8").matchAll(/\b(?:title|id|name)\s*=\s*"((?:[^"\\]|\\.)+)"/g)].map((match) => match[1].replaceAll('\\"', '"')))
    .filter((name) => name.length > 2)
    .sort((left, right) => right.length - left.length);
/// Logins of the test's people.
const logins = new Set([...Object.keys(roles), "system", "sealed"]);

/// What the people of this test wrote, longest first.
const typed = [...readFileSync(join(root, "tests", "browser", "console_host.cpp"), "utf8").matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .flatMap((match) => [match[1], ...match[1].split('\\"')])
    .filter((text) => text.length > 8 && text.includes(" "))
    .sort((left, right) => right.length - left.length);
const english = /(?<![\p{L}\d])(the|and|of|is|are|you|your|for|with|this|that|was|when|who|which|has|have|will|by|it|be|can|only|from)(?![\p{L}\d])/iu;

function withoutNames(text) {
    return named.reduce((rest, name) => rest.replaceAll(name, "·"), text);
}

/// What a pattern looks like once its places are filled.
function shapeOf(pattern) {
    const escaped = pattern.split(/\{[\w.]*\}|\{\{\w+\}\}/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${escaped.join(".+")}$`, "u");
}

/// Finds text that a catalogue has in another language, and whole English sentences.
class Reader {
    constructor(tag) {
        this.words = catalogueOf(tag);
        const kept = keptBy(tag).filter(([english, said]) => english !== said && /\p{L}{2} \p{L}{2}/u.test(english.replaceAll(/\{[\w.]*\}/g, "xx")));
        const patterns = [...this.words, ...kept].filter(([english]) => /\{[\w.]*\}/.test(english) && english.replaceAll(/\{[\w.]*\}/g, "").trim().length > 3);
        this.english = patterns.map(([english]) => shapeOf(english));
        this.said = patterns.map(([, said]) => shapeOf(said));
        this.values = new Set([...this.words.values(), ...kept.map(([, said]) => said)]);
        this.kept = new Set(kept.map(([english]) => english));
    }

    isEnglish({ text, isData }) {
        if (this.values.has(text) || logins.has(text) || named.includes(text))
            return false;
        if (this.words.has(text) || this.kept.has(text))
            return true;
        if (this.english.some((shape) => shape.test(text)) && !this.said.some((shape) => shape.test(text)))
            return true;
        return !isData && english.test(withoutNames(text));
    }
}

/// Every text that a reader or a screen reader meets. What people typed and what the school named stands in cells, options and quotes.
function textsOf(page) {
    return page.evaluate(() => {
        const found = [];
        const add = (text, element) => {
            const shown = text.replaceAll(/\s+/g, " ").trim();
            if (/\p{L}{2}/u.test(shown) && !element.closest("[lang=en]:not(html), .gh-languages, .govuk-generic-header, pre, code, script, style"))
                found.push({ text: shown, isData: element.closest("td, dd, option, li, textarea, .govuk-inset-text, .govuk-checkboxes__label, .govuk-radios__label, .govuk-radios__hint, h1") !== null });
        };
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode())
            if (walker.currentNode.parentElement.tagName !== "TEXTAREA") add(walker.currentNode.data, walker.currentNode.parentElement);
        for (const element of document.querySelectorAll("[aria-label], [alt], [data-label], [title]"))
            for (const name of ["aria-label", "alt", "data-label", "title"]) if (element.hasAttribute(name)) add(element.getAttribute(name), element);
        add(document.title, document.documentElement);
        return found;
    });
}

async function expectSpoken(page, reader, name) {
    await test(`${name} has no English on it`, async () => {
        const left = (await textsOf(page)).filter((each) => reader.isEnglish(each)).map(({ text }) => text);
        expect(left.length === 0, JSON.stringify([...new Set(left)].slice(0, 12)));
    });
}

/// Words are longer in another language than those that the page was made with.
async function expectNothingCut(page, name) {
    await test(`${name} fits a narrow phone`, async () => {
        const cut = await findCutWhenNarrow(page);
        await page.setViewportSize(sizes.desktop);
        expect(cut.length === 0, cut.join(" AND "));
    });
}

/// Where the gateway's own sentences stand in cells beside what people wrote, such as the text of a rule: none of the former is English.
async function expectKeptSpoken(page, name) {
    await test(`${name} has nothing in English that the gateway kept`, async () => {
        const left = (await textsOf(page)).map(({ text }) => withoutNames(typed.reduce((rest, each) => rest.replaceAll(each, "·"), text.replace(/\[\[rule\]\].*/, ""))));
        const found = left.filter((text) => english.test(text));
        expect(found.length === 0, JSON.stringify([...new Set(found)].slice(0, 12)));
    });
}

const keptPages = ["/audit", "/incidents", "/history", "/privacy", "/supervision/one", "/request?", "/status"];

const gateway = await startGateway();
const browser = await startBrowser();

try {
    const spanish = new Reader("es");
    await test("the reader of this test knows English when it sees it", async () => {
        expect(spanish.isEnglish({ text: "There is a problem", isData: true }), "a word of the catalogue");
        expect(spanish.isEnglish({ text: "This is the way", isData: false }), "a sentence");
        expect(!spanish.isEnglish({ text: "www.example.org", isData: true }), "a name");
    });
    for (const [role, paths] of Object.entries(roles)) {
        const person = await visitor(browser, undefined, { locale: "es-ES" });
        await person.goto(`${gateway.console}/sign-in`);
        await expectSpoken(person, spanish, `es sign-in of ${role}`);
        await signIn(person, gateway, role);
        for (const path of paths) {
            await person.goto(gateway.console + addressOf(gateway, path));
            await expectSpoken(person, spanish, `es ${role} ${path}`);
            await expectNothingCut(person, `es ${role} ${path}`);
            if (keptPages.some((begin) => path.startsWith(begin)))
                await expectKeptSpoken(person, `es ${role} ${path}`);
        }
        if (role === "officer") {
            await person.goto(`${gateway.console}/rules/edit`);
            const fields = { id: "exam-week-too", what: "fun.example", reason: "Fuera.", clause: "12", why: "Exámenes." };
            for (const [name, value] of Object.entries(fields)) await person.fill(`[name=${name}]`, value);
            await person.check('[name=who][value="group:year-9"]');
            await person.click("summary:has-text('posición')");
            await person.check("[name=after][value=exam-week]");
            await person.fill("[name=what]", "grupo:tiktok\nfun.example");
            await person.click("main button[type=submit]");
            await expectSpoken(person, spanish, "es officer problems of a rule");
            await expectKeptSpoken(person, "es officer problems of a rule");
            await test("a problem that the policy has with a rule is said in Spanish", async () => {
                expect((await person.innerText("main")).includes("«grupo:» no puede estar en «what»"), await person.innerText(".govuk-error-summary"));
            });
            await person.fill("[name=what]", "fun.example");
            await person.click("main button[type=submit]");
            await person.goto(`${gateway.console}/draft/effect`);
            await expectSpoken(person, spanish, "es officer warnings of the draft");
            await expectKeptSpoken(person, "es officer warnings of the draft");
            await test("a warning about the draft is said in Spanish", async () => {
                expect((await person.innerText("main")).includes("la regla «exam-week-too»"), await person.innerText("main"));
            });
        }
        if (role === "ict") {
            await person.goto(`${gateway.console}/log?host=www.instagram.com`);
            await person.click('td a[href^="/why"]');
            await expectSpoken(person, spanish, "es ict why");
            await expectKeptSpoken(person, "es ict why");
            await test("the steps of an explanation are said in Spanish", async () => {
                await person.click("main details summary");
                const said = await person.innerText("main");
                expect(/quién: .* no es |qué: .* no es /.test(said) && said.includes("no figura en ninguna lista sellada"), said);
            });
            await screenshot(person, "es-why");
            await person.goto(`${gateway.console}/audit`);
            await checkPage(person, "es-audit");
        }
        if (role === "officer")
            for (const path of ["/supervision/propose", "/permission/new", "/rules/edit", "/services/one?id=tiktok", "/timetable/edit?table=period", "/lists/add", "/account/tokens", "/account/password"]) {
                await person.goto(gateway.console + path);
                await person.click("main button[type=submit]");
                await expectSpoken(person, spanish, `es ${role} errors of ${path}`);
            }
        if (role === "head" || role === "officer" || role === "ict") {
            await person.goto(`${gateway.console}${role === "ict" ? "/traffic?days=7" : "/requests"}`);
            await checkPage(person, `es-${role}`);
        }
        await person.context().close();
    }

    await test("a language that was chosen stays, and comes back to the same page", async () => {
        const person = await visitor(browser);
        await signIn(person, gateway, "officer");
        await person.goto(`${gateway.console}/rules?by=clause`);
        await person.click(".gh-languages a[lang=es]");
        expect(person.url().endsWith("/rules?by=clause"), person.url());
        await person.goto(`${gateway.console}/lists`);
        expect((await person.getAttribute("html", "lang")) === "es", "the next page");
        await person.click(".gh-languages a[lang=en]");
        expect((await person.getAttribute("html", "lang")) === "en", "back again");
        for (const back of ["//example.org/", "https://example.org/", "/\\example.org", "javascript:alert(1)", ""]) {
            const answer = await person.request.get(`${gateway.console}/language?to=xx&back=${encodeURIComponent(back)}`, { maxRedirects: 0 });
            expect(answer.status() === 303 && answer.headers().location === "/" && !answer.headers()["set-cookie"], `${back}: ${answer.headers().location}`);
        }
        await person.context().close();
    });

    for (const tag of ["ar", "bn", "es", "gu", "pa", "pl", "pt", "ro", "uk", "ur"]) {
        const reader = new Reader(tag);
        const pupil = await visitor(browser, undefined, { locale: tag });
        for (const path of portalPages(gateway)) {
            await pupil.goto(gateway.portal + path);
            await expectSpoken(pupil, reader, `${tag} portal ${path.includes("key=") ? "/status of a request" : path}`);
        }
        for (const path of ["/ask", "/tell"]) {
            await pupil.goto(gateway.portal + path);
            await pupil.click("button[type=submit]");
            await expectSpoken(pupil, reader, `${tag} errors of ${path}`);
            if (path === "/ask" && (tag === "ar" || tag === "pl"))
                await checkPage(pupil, `portal-ask-${tag}`);
        }
        await pupil.context().close();
    }
} finally {
    await browser.close();
    await gateway.stop();
}
finish();

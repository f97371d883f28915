#!/usr/bin/env node
// The checks of comfort.mjs find what they are there for, each on a page made to be wrong, and nothing on one that is right.
import { describeFocus, findCutWhenNarrow, findDragging, findLostByZoom, findMisplacedHelp, findMotion, rememberLooks } from "./comfort.mjs";
import { expect, finish, startBrowser, test } from "./lib.mjs";

const browser = await startBrowser();
const page = await browser.newPage();
const size = { width: 1280, height: 900 };
const foot = '<footer class="gh-footer"><a href="/help">Help</a> <a href="/accessibility">Accessibility</a></footer>';

async function show(html) {
    await page.setViewportSize(size);
    await page.setContent(`<!doctype html><html lang="en"><title>A page</title><style>a:focus { outline: 3px solid black; }</style><body>${html}</body></html>`);
}

/** What is wrong with the focus at the first stop. */
async function focusOf(html) {
    await show(html);
    await rememberLooks(page);
    await page.keyboard.press("Tab");
    return (await describeFocus(page)).wrong.join(", ");
}

/** The first page is right, each of the others is found. */
async function expectFound(find, right, wrongs) {
    await show(right);
    const none = await find();
    expect(none.length === 0, `on a page that is right: ${none}`);
    for (const [html, words] of wrongs) {
        await show(html);
        const found = (await find()).join("; ");
        expect(found.includes(words), `not found: "${words}" but "${found}" on ${html}`);
    }
}

await test("focus: in sight, not covered, not like the rest", async () => {
    const right = await focusOf('<a href="#">Go</a>');
    expect(right === "", right);
    for (const [html, words] of [
        ['<div style="position: fixed; inset: 0 0 50% 0; background: white"></div><a href="#">Go</a>', "it is covered"],
        ['<a href="#" style="outline: none">Go</a>', "it looks as it does without the focus"],
        ['<a href="#" style="position: fixed; left: -500px">Go</a>', "it is out of sight"],
    ]) {
        const wrong = await focusOf(html);
        expect(wrong.includes(words), `"${wrong}" on ${html}`);
    }
});
await test("help: first in the foot, the foot at the end", () => expectFound(() => findMisplacedHelp(page), `<main>Words</main>${foot}`, [
    [`${foot}<main>Words</main>`, "not the end of the page"],
    ['<footer class="gh-footer"><a href="/accessibility">Accessibility</a> <a href="/help">Help</a></footer>', "not the first link"],
    ['<footer class="gh-footer"><a href="/other/help">Help</a></footer>', "elsewhere /help"],
]));
await test("zoom: nothing scrolls sideways, is gone or cut off", () => expectFound(() => findLostByZoom(page, size), "<p>Words that wrap</p>", [
    ['<p style="width: 800px">Words</p>', "scrolls sideways"],
    ["<style>@media (max-width: 700px) { p { display: none } }</style><p>Words</p>", "gone at 200 %"],
    ['<p style="width: 90%; overflow: hidden; white-space: nowrap">Many words that go on and on, wider than the half of a screen, and then some more of them</p>', "cut off"],
]));
await test("narrow: nothing is cut or hidden in a frame", () => expectFound(() => findCutWhenNarrow(page), '<div style="overflow-x: auto"><p>Words that wrap</p></div>', [
    ['<div style="overflow-x: auto"><b style="white-space: nowrap">A label of many words that do not wrap, as long as a page is wide</b></div>', "cut at 320 px: DIV"],
    ['<b style="display: block; overflow: hidden; white-space: nowrap">A label of many words that do not wrap, as long as a page is wide</b>', "cut at 320 px: B"],
]));
await test("motion: none for who wants none", () => expectFound(() => findMotion(page),
    "<style>@media (prefers-reduced-motion: no-preference) { p { transition: color 1s } }</style><p>Words</p>", [
        ["<style>p { transition: color 1s }</style><p>Words</p>", "it moves: P"],
        ["<style>p::after { content: 'x'; animation: turn 1s infinite } @keyframes turn { to { opacity: 0 } }</style><p>Words</p>", "an animation runs"],
        ["<style>html { scroll-behavior: smooth }</style><p>Words</p>", "it moves: HTML"],
    ]));
await test("dragging: nothing needs it", () => expectFound(() => findDragging(page), "<button>Up</button>", [
    ['<ul><li draggable="true">One</li></ul>', "it is dragged"], ['<input type="range">', "it is dragged"]]));

await browser.close();
finish();

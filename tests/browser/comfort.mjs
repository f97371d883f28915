// What a page owes to people beyond what axe finds: focus that is seen and not covered, help in its place, 200 % zoom, no motion for who wants none,
// nothing that only dragging does. Each check answers what is wrong, as a list of sentences; an empty one is right.

/** Remembers how each control looks without the focus; `describeFocus` compares. Run it before the Tab key is pressed. */
export async function rememberLooks(page) {
    await page.evaluate(() => {
        const partsOf = (one) => {
            const label = ["radio", "checkbox"].includes(one.type) ? document.querySelector(`label[for="${CSS.escape(one.id)}"]`) : null;
            return label ? [getComputedStyle(one), getComputedStyle(label, "::before")] : [getComputedStyle(one)];
        };
        globalThis.lookOf = (one) => partsOf(one).map((style) => [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow,
            style.backgroundColor, style.borderWidth, style.borderColor].join(" ")).join(" | ");
        globalThis.looksWithout = new Map([...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].map((one) => [one, lookOf(one)]));
    });
}

/**
 * Where the focus is now: null on the page itself. `key`: which stop it is, radio buttons of one group being one; `wrong`: out of sight, covered
 * wholly by something else (WCAG 2.2, 2.4.11), or not to be told from a control without it (2.4.7).
 */
export function describeFocus(page) {
    return page.evaluate(() => {
        const one = document.activeElement;
        if (!one || one === document.body) return null;
        const box = one.getBoundingClientRect();
        const isLabelled = (hit) => hit.closest("label")?.htmlFor === one.id && one.id !== "";
        const isIt = (x, y) => {
            const hit = document.elementFromPoint(x, y);
            return hit !== null && (one.contains(hit) || isLabelled(hit));
        };
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        const wrong = [];
        if (left >= right || top >= bottom) wrong.push("it is out of sight");
        else {
            // A link that is broken over lines has holes in its box.
            const boxes = [{ left, right, top, bottom }, ...one.getClientRects()];
            const isSeen = boxes.some((at) => [0.1, 0.5, 0.9].some((part) => isIt(at.left + (at.right - at.left) * part, (at.top + at.bottom) / 2)));
            if (!isSeen) wrong.push("it is covered");
        }
        if (looksWithout.get(one) === lookOf(one)) wrong.push("it looks as it does without the focus");
        const key = one.type === "radio" ? `radio:${one.name}` : String([...document.querySelectorAll("*")].indexOf(one));
        return { key, wrong, name: `${one.tagName} ${(one.textContent || one.name || "").trim().slice(0, 40)}` };
    });
}

const helpOf = new Map(); // origin -> address of the help that its first page had

/** Help is the first link of the foot, and the same on every page that has a foot (3.2.6). */
export async function findMisplacedHelp(page) {
    const found = await page.evaluate(() => {
        const foot = document.querySelector("footer.gh-footer");
        if (foot === null) return null; // the block page and its like: one document by itself
        const first = foot.querySelector("a[href]");
        return { href: first.getAttribute("href"), isLast: document.body.lastElementChild === foot, others: document.querySelectorAll("a[href$='/help']").length };
    });
    if (found === null) return [];
    const origin = new URL(page.url()).origin;
    const known = helpOf.get(origin) ?? found.href;
    helpOf.set(origin, known);
    const wrong = [];
    if (!found.href.endsWith("/help") || found.href !== known) wrong.push(`help is not the first link of the foot: ${found.href}, elsewhere ${known}`);
    if (!found.isLast) wrong.push("the foot with the help is not the end of the page");
    return wrong;
}

/** All that can be seen, each element by its place in the document. The head of a table that becomes cards is said by each card instead. */
function findSeen(page) {
    return page.evaluate(() => [...document.querySelectorAll("body *")].map((one, place) => {
        const box = one.getBoundingClientRect();
        const words = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ").trim();
        const isMeant = (words || one.matches("input:not([type=hidden]), select, textarea, button, img, svg")) && !one.closest("thead, .govuk-visually-hidden, .govuk-skip-link, option, script, style, desc");
        return isMeant && one.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && box.width > 1 && box.height > 1 ? `${place} ${one.tagName} ${words.slice(0, 40)}` : null;
    }).filter(Boolean));
}

/** At twice the size: nothing scrolls sideways, nothing is gone, no words are cut off (1.4.4, 1.4.10). `look` is told when the page stands there. */
export async function findLostByZoom(page, size, look = async () => {}) {
    await page.setViewportSize(size);
    const before = await findSeen(page);
    await page.setViewportSize({ width: size.width / 2, height: size.height / 2 });
    const after = new Set(await findSeen(page));
    const wrong = before.filter((one) => !after.has(one)).slice(0, 5).map((one) => `gone at 200 %: ${one}`);
    const found = await page.evaluate(() => {
        const root = document.documentElement;
        const cut = [...document.querySelectorAll("body *")].filter((one) => {
            const style = getComputedStyle(one);
            return ["hidden", "clip"].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && !one.matches(".govuk-visually-hidden, input, select");
        });
        return { wide: root.scrollWidth - root.clientWidth, cut: cut.slice(0, 3).map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`) };
    });
    await look();
    if (found.wide > 1) wrong.push(`at 200 % the page scrolls sideways by ${found.wide} px`);
    return [...wrong, ...found.cut.map((one) => `cut off at 200 %: ${one}`)];
}

/** As narrow as a page may become (320 px, 1.4.10): nothing is cut, nor scrolls sideways in a frame of its own, which hides it as well. */
export async function findCutWhenNarrow(page) {
    await page.setViewportSize({ width: 320, height: 640 });
    const cut = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => {
        const isFrame = getComputedStyle(one).overflowX !== "visible" && one.clientWidth > 1;
        return isFrame && one.scrollWidth > one.clientWidth + 1 && !one.matches(".govuk-visually-hidden, input, select, textarea");
    }).map((one) => `${one.tagName} .${one.className} by ${one.scrollWidth - one.clientWidth} px: ${one.textContent.trim().slice(0, 40)}`));
    return cut.slice(0, 3).map((one) => `cut at 320 px: ${one}`);
}

/** Nothing moves for who has told the device so. */
export async function findMotion(page) {
    await page.emulateMedia({ reducedMotion: "reduce" });
    try {
        return await page.evaluate(() => {
            const wrong = document.getAnimations().map((one) => `an animation runs: ${one.animationName ?? one.transitionProperty ?? one.id}`);
            const lasts = (durations) => durations.split(",").some((each) => Number.parseFloat(each) > 0);
            for (const one of document.querySelectorAll("*"))
                for (const part of [undefined, "::before", "::after"]) {
                    const style = getComputedStyle(one, part);
                    const moves = (style.animationName !== "none" && lasts(style.animationDuration)) || lasts(style.transitionDuration) || style.scrollBehavior === "smooth";
                    if (moves) wrong.push(`it moves: ${one.tagName}${part ?? ""} .${one.className}`);
                }
            return wrong.slice(0, 5);
        });
    } finally {
        await page.emulateMedia({ reducedMotion: null });
    }
}

const dragging = "[draggable=true], input[type=range], [ondragstart], [ondrop], [onpointermove], [onmousemove], [ontouchmove]";

/** Nothing on the page is done by dragging (2.5.7); the pages' one script may not listen for it either. */
export async function findDragging(page) {
    const found = await page.evaluate(async (selector) => {
        const wrong = [...document.querySelectorAll(selector)].map((one) => `it is dragged: ${one.outerHTML.slice(0, 80)}`);
        for (const script of document.querySelectorAll("script[src^='/assets/']"))
            if (/drag|pointermove|mousemove|touchmove/.test(await (await fetch(script.src)).text())) wrong.push(`${script.src} listens for dragging`);
        return wrong;
    }, dragging);
    return found;
}

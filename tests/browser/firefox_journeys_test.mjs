#!/usr/bin/env node
// The main journeys in Debian's own Firefox.
import { askAndDecide, changeTheLists, decideAboutPeople } from "./journeys.mjs";
import { finish, startGateway, startPlainFirefox } from "./lib.mjs";

const gateway = await startGateway();
const browser = await startPlainFirefox();
try {
    const stage = { gateway, browser, options: {} };
    const { officer, head } = await askAndDecide(stage);
    await changeTheLists(stage, officer);
    await decideAboutPeople(stage, head);
} finally {
    await browser.close();
    await gateway.stop();
}
finish();

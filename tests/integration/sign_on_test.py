#!/usr/bin/env python3
"""Signing in with the school's account, at a provider of its own: who has an account comes in and nobody else, tokens that are not what they should be
open nothing, ways cannot be taken over or used twice, and the account for emergencies works once.
"""
import datetime
import hashlib
import hmac
import html
import json
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, code_of, sign_in  # noqa: E402
from gateway import Gateway, Suite  # noqa: E402
from provider import Key, Provider, base64url  # noqa: E402

SUITE = Suite()
PROVIDER = Provider()


def settings(only=False):
    return {"sign_on": f'issuer = "{PROVIDER.issuer}"\nclient_id = "{PROVIDER.client}"\nsecret_file = "sign-on-secret"\nonly = {str(only).lower()}'}


def write_secret(config):
    (config / "sign-on-secret").write_text(PROVIDER.secret + "\n")


def begin(browser=None, gate=None):
    """A browser at the provider's door, and the address there."""
    browser = browser or Browser((gate or GATE).console_port)
    page = browser.get("/sign-in/school")
    assert page.status == 303 and page.location.startswith(PROVIDER.issuer + "/authorize?"), (page.status, page.text[:500])
    assert any("SameSite=Lax" in cookie and "HttpOnly" in cookie and "Secure" in cookie for cookie in page.cookies), page.cookies
    return browser, page.location


def back(location):
    """Where the provider sends the browser, as a path of ours."""
    query = dict(urllib.parse.parse_qsl(location.partition("?")[2]))
    return "/" + PROVIDER.authorize(query).partition("://")[2].partition("/")[2]


def enter(gate=None):
    browser, location = begin(gate=gate)
    return browser, browser.get(back(location))


def audit():
    return html.unescape(AUDITOR.get("/audit?action=sign-in").text)


def who_has_an_account_comes_in():
    assert "your school account" in Browser(GATE.console_port).get("/sign-in").text
    browser, page = enter()
    assert page.status == 200 and "You are signed in" in page.text and "Harriet" in page.text, "in whose account: " + page.text[-1500:]
    session = [cookie for cookie in page.cookies if "gatehouse-session=" in cookie]
    assert session and "SameSite=Strict" in session[0], page.cookies
    home = browser.get("/")
    assert home.status == 200 and "Harriet" in home.text, "no password of ours has to be chosen first"
    assert "by the school's sign-on" in audit()
    assert PROVIDER.token_requests[-1]["grant_type"] == "authorization_code"


def nobody_else_does():
    for person in ({"email": "stranger@school.example", "email_verified": True}, {"email": "harriet@school.example"}, {"email": "harriet@school.example", "email_verified": False},
                   {"email_verified": True}, {"email": ["harriet@school.example"]}, {"email": "closed@school.example", "email_verified": True},
                   {"email": "glass@school.example", "email_verified": True}):
        PROVIDER.person = person
        browser, page = enter()
        assert page.status in (403, 502), (person, page.status)
        assert browser.get("/").status == 303, person
    PROVIDER.person = {"email": "HARRIET@School.example", "email_verified": True}
    assert enter()[1].status == 200, "names differ in case only"
    PROVIDER.person = {"email": "harriet@school.example", "email_verified": True}
    assert "no account for this name" in audit()


def wrong_tokens_open_nothing():
    other = Key("first")  # the same name, another key
    changes = {
        "another provider": lambda claims: {**claims, "iss": "https://evil.example"}, "another program": lambda claims: {**claims, "aud": "another"},
        "several programs": lambda claims: {**claims, "aud": [PROVIDER.client, "another"]}, "an old question": lambda claims: {**claims, "nonce": "x"},
        "no question": lambda claims: {name: value for name, value in claims.items() if name != "nonce"}, "over": lambda claims: {**claims, "exp": claims["iat"] - 120},
        "to come": lambda claims: {**claims, "iat": claims["iat"] + 600}, "no end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
        "an endless end": lambda claims: {**claims, "exp": 1e300}, "a list of claims": lambda claims: [claims]}
    for name, change in changes.items():
        PROVIDER.change = change
        browser, page = enter()
        assert page.status == 502 and browser.get("/").status == 303, (name, page.status)
    PROVIDER.change = lambda claims: claims

    def unsigned(claims):
        return f'{base64url(json.dumps({"alg": "none"}).encode())}.{base64url(json.dumps(claims).encode())}.'

    def with_the_public_key(claims):
        text = f'{base64url(json.dumps({"alg": "HS256", "kid": "first"}).encode())}.{base64url(json.dumps(claims).encode())}'
        return f'{text}.{base64url(hmac.new(PROVIDER.key.public["n"].encode(), text.encode(), hashlib.sha256).digest())}'

    for forge in (unsigned, with_the_public_key, other.sign, lambda claims: PROVIDER.key.sign(claims)[:-6] + "AAAAAA", lambda claims: "a.b", lambda claims: "", lambda claims: "a" * 20000,
                  lambda claims: PROVIDER.key.sign(claims, {"alg": "RS256", "kid": "unknown"})):
        PROVIDER.forge = forge
        browser, page = enter()
        assert page.status == 502 and browser.get("/").status == 303, page.status
    PROVIDER.forge = None
    assert enter()[1].status == 200


def a_way_belongs_to_one_browser_and_ends_once():
    browser, location = begin()
    path = back(location)
    thief = Browser(GATE.console_port)
    assert thief.get(path).status == 403, "without the cookie"
    begin(thief)
    assert thief.get(path).status == 403, "with the cookie of another way"
    assert browser.get(path).status == 200
    assert browser.get(path).status == 403, "twice"
    assert Browser(GATE.console_port).get("/sign-in/school/back?code=x&state=").status == 403
    browser, location = begin()
    assert browser.get(back(location).replace("iss=", "iss=https%3A%2F%2Fevil.example&x=")).status == 403, "an answer of somebody else (RFC 9207)"
    browser, location = begin()
    refused = f"/sign-in/school/back?error=access_denied&state={location.partition('state=')[2].partition('&')[0]}"
    assert browser.get(refused).status == 403


def changed_keys_are_read_anew():
    PROVIDER.key = Key("second")
    GATE.set_clock("2026-11-24 10:12:00")
    assert enter()[1].status == 200
    PROVIDER.key, PROVIDER.published = Key("third"), PROVIDER.key
    assert enter()[1].status == 502, "a key that nobody published"
    PROVIDER.key, PROVIDER.published = PROVIDER.published, None


def a_provider_that_is_away_is_told_kindly():
    PROVIDER.is_up = False
    GATE.set_clock("2026-11-24 11:30:00")  # what was known is over
    page = Browser(GATE.console_port).get("/sign-in/school")
    assert page.status == 502 and "try again" in page.text, page.status
    PROVIDER.is_up = True
    GATE.set_clock("2026-11-24 11:31:00")
    assert enter()[1].status == 200


def a_second_factor_is_asked_for_as_well():
    """Where the account has one, the provider's word opens nothing but the page that asks for the code."""
    made = json.loads(ONLY.command("account", "add", "--login", "tina", "--role", "officer", "--sign-on", "tina@school.example", "--json"))
    PROVIDER.person = {"email": "tina@school.example", "email_verified": True}
    browser, page = enter(gate=ONLY)
    assert page.status == 200 and browser.get("/requests").status == 200, page.status
    setup = "/account/second-factor"
    assert browser.fill(setup, f"{setup}/begin", password=made["password"]).status == 303
    key = re.search(r"key into it: ([A-Z2-7 ]+)", browser.get(setup).text)[1].replace(" ", "")
    assert browser.fill(setup, f"{setup}/confirm", code=code_of(key)).status == 200
    browser, page = enter(gate=ONLY)
    assert page.status == 200 and "/sign-in/code" in page.text
    assert browser.get("/requests").status == 303, "the code is still to come"
    assert browser.fill("/sign-in/code", "/sign-in/code", code=code_of(key, 1)).status == 303
    assert browser.get("/requests").status == 200


def passwords_only_in_emergencies():
    assert Browser(ONLY.console_port).fill("/sign-in", "/sign-in", login="harriet", password=ONLY.passwords["harriet"]).status == 403
    for login, password in (("glass", "wrong"), ("nobody", "wrong")):
        assert Browser(ONLY.console_port).fill("/sign-in", "/sign-in", login=login, password=password).status == 403
    glass = Browser(ONLY.console_port)
    page = glass.fill("/sign-in", "/sign-in", login="glass", password=GLASS)
    assert page.status == 303 and page.location == "/", (page.status, page.location, page.text[-600:])
    assert glass.get("/accounts").status == 200, "it works at once"
    assert Browser(ONLY.console_port).fill("/sign-in", "/sign-in", login="glass", password=GLASS).status == 403, "once"
    assert "break-glass.used" in glass.get("/audit?action=break-glass").text
    things_are_mended_with(glass)


def things_are_mended_with(glass):
    """Its password is used up, so nothing asks for it; what it could leave behind it may not make."""
    page = glass.get("/accounts/add")
    assert page.status == 200 and 'type="password"' not in page.text
    made = glass.fill("/accounts/add", "/accounts/add", name="Nia", login="nia", role="officer", subject="")
    assert made.status == 200 and "First password of nia" in made.text, made.text[-1500:]
    number = number_of(glass, "harriet")
    page = glass.fill(f"/accounts/one?id={number}", "/accounts/password", id=number)
    assert page.status == 200 and "First password of harriet" in page.text, page.text[-1500:]
    assert 'name="name"' not in glass.get("/account/tokens").text
    assert glass.fill("/account/tokens", "/account/tokens", name="later", may="change", days="365").status == 403


def its_next_password_opens_it_again():
    """The machine's owner gives the account for emergencies a new one, and nobody else: it works once and is not changed first."""
    PROVIDER.person = {"email": "lea@school.example", "email_verified": True}
    lead, _ = enter(gate=ONLY)
    number = number_of(lead, "glass")
    page = lead.get(f"/accounts/one?id={number}")
    assert "gatehouse account new-password glass" in page.text and "/accounts/password" not in page.text, page.text[-2500:]
    assert lead.fill(f"/accounts/one?id={number}", "/accounts/password", id=number).status == 403
    password = json.loads(ONLY.command("account", "new-password", "glass", "--json"))["password"]
    glass = Browser(ONLY.console_port)
    page = glass.fill("/sign-in", "/sign-in", login="glass", password=password)
    assert page.status == 303 and page.location == "/", (page.status, page.location)
    assert glass.get("/accounts").status == 200


def who_signs_in_at_school_proves_it_by_that():
    """Nobody has told Lea a password of ours: a sign-on of the last ten minutes is proof, and later the way there leads back to the form."""
    PROVIDER.person = {"email": "lea@school.example", "email_verified": True}
    GATE.set_clock("2026-11-24 12:00:00")
    lead, page = enter()
    assert page.status == 200
    number = number_of(lead, "ada")
    account = f"/accounts/one?id={number}"
    assert 'type="password"' not in lead.get(account).text
    assert lead.fill(account, "/accounts/sign-on", id=number, sign_on="ada@school.example").status == 303
    GATE.set_clock("2026-11-24 12:11:00")
    page = lead.get(account)
    assert "sign in again, then come back" in page.text and "/accounts/sign-on" not in page.text, page.text[-1500:]
    for form, action in (("/accounts/add", "/accounts/add"), ("/account/tokens", "/account/tokens"), ("/account/second-factor", "/account/second-factor/begin")):
        assert "/sign-in/school?again=1&amp;next=" in lead.get(form).text, form
        page = lead.fill("/account", action, name="Nobody", login="nobody", role="officer", may="read", days="7")
        assert page.status == 422 and "Sign in again, then come back" in page.text, (action, page.status)
    page = lead.fill("/account", "/accounts/state", id=number, disabled="yes")
    assert page.status == 422 and "Sign in again, then come back" in page.text, page.status
    way = html.unescape(re.search(r'href="(/sign-in/school[^"]*)"', page.text)[1])
    page = lead.get(back(lead.get(way).location))
    assert page.status == 200 and f'"{account}"' in html.unescape(page.text), page.text[-1500:]
    assert lead.fill(account, "/accounts/sign-on", id=number, sign_on="").status == 303
    for elsewhere in ("//evil.example", "https://evil.example/"):
        page = lead.get(back(lead.get("/sign-in/school?" + urllib.parse.urlencode({"next": elsewhere})).location))
        assert page.status == 200 and "evil" not in page.text, elsewhere


def and_the_provider_is_to_ask_them():
    """On a screen that somebody left, a click on "Sign in again" is no proof where the provider says that it asked for nothing: who is signed in at
    school is let through without a word, and whoever sits there can leave `prompt` out of the address."""
    PROVIDER.person = {"email": "lea@school.example", "email_verified": True}
    shown_at = [PROVIDER.clock() - 3600]
    PROVIDER.change = lambda claims: {**claims, "auth_time": int(shown_at[0])}
    lead, location = begin()
    assert "max_age=43200" in location and "prompt" not in location, location
    assert lead.get(back(location)).status == 200
    setup = "/account/second-factor"
    for _ in range(2):  # the way there, and back
        page = lead.get(setup)
        way = html.unescape(re.search(r'href="(/sign-in/school[^"]*)"', page.text)[1])
        location = lead.get(way).location
        assert "prompt=login" in location and "max_age=0" in location, location
        page = lead.get(back(location.replace("&prompt=login", "")))
        assert page.status == 403 and "without asking who you are" in page.text, (page.status, page.text[-1500:])
    assert "Sign in again" in lead.get(setup).text and lead.fill("/account", f"{setup}/begin").status == 422
    shown_at[0] = PROVIDER.clock()
    assert lead.get(back(lead.get(way).location)).status == 200
    assert "Sign in again" not in lead.get(setup).text and lead.fill(setup, f"{setup}/begin").status == 303
    PROVIDER.says = {"claims_supported": ["sub", "email"]}  # as Google's: it says nothing of it, and knows no such prompt
    shown_at[0] -= 86400
    GATE.set_clock("2026-11-24 13:30:00")  # what was known of it is over
    lead, location = begin()
    assert "max_age" not in location and lead.get(back(location)).status == 200
    assert "Sign in again" not in lead.get(setup).text
    GATE.set_clock("2026-11-24 13:41:00")
    way = html.unescape(re.search(r'href="(/sign-in/school[^"]*)"', lead.get(setup).text)[1])
    location = lead.get(way).location
    assert "prompt" not in location and "max_age" not in location, location
    assert lead.get(back(location)).status == 200 and "Sign in again" not in lead.get(setup).text
    PROVIDER.says, PROVIDER.change = {}, lambda claims: claims


def or_by_the_code():
    """Where the account has a second factor, a code of it, once."""
    PROVIDER.person = {"email": "lea@school.example", "email_verified": True}
    lead, _ = enter(gate=ONLY)
    setup = "/account/second-factor"
    assert lead.fill(setup, f"{setup}/begin").status == 303
    key = re.search(r"key into it: ([A-Z2-7 ]+)", lead.get(setup).text)[1].replace(" ", "")
    paper = re.findall(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", lead.fill(setup, f"{setup}/confirm", code=code_of(key)).text)
    number = number_of(lead, "ada")
    account = f"/accounts/one?id={number}"
    assert "one-time-code" in lead.get(account).text
    for wrong in ("", "000000", "another password of lea"):
        page = lead.fill(account, "/accounts/sign-on", id=number, sign_on="ada@school.example", same=wrong)
        assert page.status == 422 and ("not right" in page.text or "too many" in page.text), (wrong, page.status)
    other = Browser(ONLY.console_port, room="127.0.0.77")  # whose tries are counted for themselves
    other.cookies = lead.cookies
    assert other.fill(account, "/accounts/sign-on", id=number, sign_on="ada@school.example", same=paper[0]).status == 303
    assert other.fill(account, "/accounts/sign-on", id=number, sign_on="", same=paper[0]).status == 422, "once"


def number_of(browser, login):
    return re.search(rf'/accounts/one\?id=(\d+)"[^>]*>{login}<', browser.get("/accounts").text)[1]


def make_accounts(gate):
    """Harriet has a name at the provider; so have an account that is closed and one for emergencies, which it does not open."""
    gate.command("account", "add", "--login", "closed", "--role", "officer", "--sign-on", "closed@school.example")
    gate.command("account", "add", "--login", "lea", "--role", "ict-lead", "--sign-on", "lea@school.example")
    made = json.loads(gate.command("account", "add", "--login", "glass", "--role", "ict-lead", "--break-glass", "--sign-on", "glass@school.example", "--json"))
    return made["password"]


def the_first_password_ends_with_it():
    """Whoever made the account has seen that one."""
    made = json.loads(GATE.command("account", "add", "--login", "otto", "--role", "officer", "--sign-on", "otto@school.example", "--json"))
    PROVIDER.person = {"email": "otto@school.example", "email_verified": True}
    browser, page = enter()
    assert page.status == 200 and browser.get("/").status == 200, page.status
    page = Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="otto", password=made["password"])
    assert page.status == 403, page.status
    PROVIDER.person = {"email": "harriet@school.example", "email_verified": True}


def take_the_name(gate):
    """The ICT lead writes Harriet's name into her account, and closes the other one."""
    lead = sign_in(gate, "ian", gate.passwords["ian"])
    number = {login: number_of(lead, login) for login in ("harriet", "closed")}
    password = "another password of ian"
    assert lead.fill(f"/accounts/one?id={number['harriet']}", "/accounts/sign-on", id=number["harriet"], sign_on="harriet@school.example", same="wrong").status == 422
    page = lead.fill(f"/accounts/one?id={number['harriet']}", "/accounts/sign-on", id=number["harriet"], sign_on="harriet@school.example", same=password)
    assert page.status == 303 and "done=sign-on" in page.location, (page.status, page.text[-800:])
    taken = lead.fill(f"/accounts/one?id={number['closed']}", "/accounts/sign-on", id=number["closed"], sign_on="Harriet@school.example", same=password)
    assert taken.status == 422 and "Another account" in taken.text
    assert lead.fill(f"/accounts/one?id={number['closed']}", "/accounts/state", id=number["closed"], disabled="yes", sure=password).status == 303
    return lead


PEOPLE = [("headteacher", "harriet"), ("ict-lead", "ian"), ("auditor", "ada")]
with Gateway(clock="2026-11-24 10:10:00", settings=settings(), edit=write_secret, accounts=PEOPLE) as GATE:
    PROVIDER.clock = lambda: datetime.datetime.strptime(GATE.clock_file.read_text().strip().lstrip("@"), "%Y-%m-%d %H:%M:%S").replace(tzinfo=datetime.timezone.utc).timestamp() + 5
    make_accounts(GATE)
    AUDITOR = sign_in(GATE, "ada", GATE.passwords["ada"])
    HARRIET = sign_in(GATE, "harriet", GATE.passwords["harriet"])
    take_the_name(GATE)
    SUITE.run(who_has_an_account_comes_in, nobody_else_does, wrong_tokens_open_nothing, a_way_belongs_to_one_browser_and_ends_once, changed_keys_are_read_anew,
              a_provider_that_is_away_is_told_kindly, the_first_password_ends_with_it,
              who_signs_in_at_school_proves_it_by_that, and_the_provider_is_to_ask_them)
PROVIDER.clock = None
with Gateway(settings=settings(only=True), edit=write_secret, accounts=PEOPLE) as ONLY:
    GLASS = make_accounts(ONLY)
    SUITE.run(a_second_factor_is_asked_for_as_well, passwords_only_in_emergencies, its_next_password_opens_it_again, or_by_the_code)
PROVIDER.close()
SUITE.close()

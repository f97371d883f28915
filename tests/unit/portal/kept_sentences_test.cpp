#include "proxy/portal/kept_sentences.hpp"

#include "proxy/portal/html.hpp"
#include "proxy/portal/languages.hpp"
#include "proxy/portal/words.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <gtest/gtest.h>
#include <set>

namespace gatehouse::portal {
namespace {

KeptSentences sample()
{
    KeptSentences kept;
    auto const add = [&](std::string_view context, std::string_view pattern, std::string_view said) {
        EXPECT_TRUE(kept.add(context, pattern, said)) << pattern;
    };
    add("event", "it was closed", "se cerró");
    add("event", "{} approved what {} asked for", "lo que {1} pidió lo aprobó {0}");
    add("event", "purpose: {}", "finalidad: {}");
    add("event", "purpose: {}; site: {}", "finalidad: {}; sitio: {}");
    add("event", "by {word}: {}", "de {}: {}");
    add("event", "refused because {why}", "denegado porque {}");
    add("event", "who: {fact...} is not {fact...}", "quién: {} no es {}");
    add("event", "{}, may change", "{}, puede modificar");
    add("why", "it was closed", "se cerró");
    add("why", "{why} twice", "{} dos veces");
    add("fact", "group:{}", "grupo {}");
    add("between", " or ", " o ");
    return kept;
}

std::string said(std::string_view text)
{
    return sample().say("event", text);
}

TEST(KeptSentences, AreSaidByTheirPatterns)
{
    for (auto const& [kept, expected] : std::initializer_list<std::pair<char const*, char const*>>{
             {"it was closed", "se cerró"},
             {"head approved what amy asked for", "lo que amy pidió lo aprobó head"},
             {"purpose: ", "finalidad: "},
             {"purpose: homework; site: example.org", "finalidad: homework; sitio: example.org"},
             {"by head: list allow: a: b", "de head: list allow: a: b"},
             {"refused because it was closed", "denegado porque se cerró"},
             {"refused because it rained", "denegado porque it rained"},
             {"refused because it was closed twice", "denegado porque se cerró dos veces"},
             {"who: pupil, group:year-9 is not staff or group:y", "quién: pupil, grupo year-9 no es staff o grupo y"},
             {"a key, may change", "a key, puede modificar"},
         })
        EXPECT_EQ(said(kept), expected);
    for (auto const* const unknown :
        {"", "it was closed.", "It was closed", " it was closed", "by head", "by the head: x", "refused because "})
        EXPECT_EQ(said(unknown), unknown);
    EXPECT_EQ(sample().say("elsewhere", "it was closed"), "it was closed") << "each context knows its own";
    EXPECT_EQ(sample().say("fact", "it was closed"), "it was closed");
}

TEST(KeptSentences, GiveBackWhatSomebodyTypedLetterForLetter)
{
    for (std::string const typed : {"it was closed", "{}", "{0}{1}", "{word}", "group:x", "<b>&amp;", "\xff\xfe\x80", "; ",
             " or ", "año", "purpose: x", "by head: it was closed"})
        EXPECT_EQ(said("purpose: " + typed), "finalidad: " + typed);
}

TEST(KeptSentences, StayAsTheyAreWhereWhatWasTypedMakesASecondReading)
{
    for (auto const* const kept : {
             "x approved what y asked for approved what z asked for", // who approved what?
             "purpose: homework; site: a.example; site: example.org", // where does the purpose end?
             "who: pupil, group:x is not staff is not group:y",       // what is it not?
         })
        EXPECT_EQ(said(kept), kept);
}

TEST(KeptSentences, AreNotMovedIntoAnotherPatternByWhatWasTyped)
{
    EXPECT_EQ(said("purpose: x approved what y asked for"), "finalidad: x approved what y asked for")
        << "the longest beginning counts";
    EXPECT_EQ(said("purpose: x, may change"), "finalidad: x, may change");
    EXPECT_EQ(said("by head: x, may change"), "de head: x, may change");
}

TEST(KeptSentences, KnowAPatternWhenTheySeeOne)
{
    KeptSentences kept;
    for (auto const& [pattern, words] : std::initializer_list<std::pair<char const*, char const*>>{{"{", "{"}, {"a {b", "a {b"},
             {"{}{}", "{}{}"}, {"{} of {}", "{}"}, {"{} of {}", "{0} {0}"}, {"{} of {}", "{0} {2}"}, {"{}", "{}{}"},
             {"a", "a {}"}, {"{} {word}", "{}"}})
        EXPECT_FALSE(kept.add("event", pattern, words)) << pattern << " -> " << words;
    EXPECT_TRUE(kept.add("event", "{} {word}", "{1} {0}"));
    EXPECT_EQ(kept.say("event", "a b c"), "c a b") << "only the last word has no blank";
}

TEST(KeptSentences, EndSoonOnAnyText)
{
    auto const kept = sample();
    std::string const longest = "purpose: " + std::string(KeptSentences::longest - 9, 'x');
    EXPECT_EQ(kept.say("event", longest).substr(0, 13), "finalidad: xx");
    EXPECT_EQ(kept.say("event", longest + "x"), longest + "x") << "what is longer stays";
    std::string deep = "it was closed";
    for (int i = 0; i < 100; ++i)
        deep += " twice";
    auto const shown = kept.say("why", deep);
    EXPECT_TRUE(shown.starts_with("it was closed twice")) << "too deep to be said";
    EXPECT_TRUE(shown.ends_with(" twice dos veces dos veces dos veces dos veces dos veces")) << shown;
}

/// Texts made to be looked at for long: of what patterns are made of, over and over.
std::vector<std::string> hostile_texts()
{
    std::vector<std::string> texts;
    for (std::string const part : {"a", " ", "\"", ", ", " or ", ": ", "; ", ". ", " is not ", "\" \"", " (", "rule \"",
             "who: ", "purpose: ; site: ", "allow a for b from c d until e f UTC: ", "there is no x \"", " at ", "a, ",
             "The gateway read a page of x. "}) {
        std::string text;
        while (text.size() + part.size() <= KeptSentences::longest)
            text += part;
        texts.push_back(std::move(text));
    }
    return texts;
}

/// All that is in languages/: each is a pattern, and none of them can be made to work for long.
TEST(KeptSentences, OfTheCataloguesAreAllPatterns)
{
    std::size_t patterns = 0;
    std::set<std::string> contexts;
    KeptSentences all;
    for (auto const name : embedded_names()) {
        if (name.find("-kept") == name.npos)
            continue;
        auto const file = boost::json::parse(std::string(embedded_file(name))).as_object();
        for (auto const& [context, table] : file)
            for (auto const& [pattern, words] : table.as_object()) {
                EXPECT_TRUE(all.add(context, pattern, std::string_view{words.as_string()})) << context << ": " << pattern;
                contexts.emplace(context);
                ++patterns;
            }
    }
    EXPECT_GT(patterns, 500U);
    auto const begin = std::chrono::steady_clock::now();
    for (auto const& text : hostile_texts())
        for (auto const& context : contexts)
            EXPECT_LT(all.say(context, text).size(), 8 * KeptSentences::longest) << context;
    auto const each = (std::chrono::steady_clock::now() - begin) / (hostile_texts().size() * contexts.size());
    EXPECT_LT(each, std::chrono::milliseconds{20}) << "for one text";
}

std::string spanish(std::string_view context, std::string_view text)
{
    return Words::kept(std::string(context), std::string(text)).in(Language::spanish);
}

TEST(KeptSentences, AreSaidOnPagesAndEnglishForPrograms)
{
    auto const row = Words::kept("unblock.recommend", "refuse: none needed");
    EXPECT_EQ(row.english(), "refuse: none needed");
    EXPECT_EQ(row.in(Language::spanish), "denegar: none needed");
    EXPECT_EQ(row.in(Language::polish), "refuse: none needed") << "the console is not read in it";
    EXPECT_EQ(spanish("unblock.refuse", "refuse: at noon"), "refuse: at noon") << "all of it is somebody's own";
}

/// One of each kind, as the store, the policy and the detectors make them.
TEST(KeptSentences, OfTheGatewayAreSpanish)
{
    struct Case {
        char const *context, *kept, *said;
    };
    for (auto const& [context, kept, said] : std::initializer_list<Case>{
             {"action", "unblock.approve.denied", "denegado: solicitud aprobada"},
             {"denied", "this role may not do that", "esta función no permite hacer eso"},
             {"object", "unblock-request:17", "solicitud 17"},
             {"access-log.read", "purpose: bullying; person: amy; site: example.org",
                 "finalidad: bullying; persona: amy; sitio: example.org"},
             {"access-log.export", "purpose: none needed", "finalidad: no hizo falta"},
             {"account.add", "console role officer, subject role none, person Ann, sign-on a@b, break glass",
                 "función en la consola: responsable de seguridad en línea; función en la web: ninguna; persona: Ann; inicio de "
                 "sesión del centro: "
                 "a@b; para emergencias"},
             {"retention.purge", "12 incidents, 3 grants were over their time",
                 "había vencido el plazo de: 12 incidencias, 3 aperturas"},
             {"unblock.recommend",
                 "allow host:example.org for group:year-9 at network:library from 2026-11-24 09:00 until 2026-12-01 09:00 UTC: "
                 "for history",
                 "abrir sitio example.org para grupo year-9 en la red library desde el 2026-11-24 a las 09:00 hasta el "
                 "2026-12-01 a las 09:00 UTC: for "
                 "history"},
             {"list.review",
                 "school-block a.example/x y: review by 2027-01-01, was 2026-01-01; owner Ann, was Bob; reference K7QF-3M9P, was "
                 "none",
                 "school-block a.example/x y: revisar antes del 2027-01-01, antes era el 2026-01-01; responde Ann, antes Bob; "
                 "procede de K7QF-3M9P, "
                 "antes nada"},
             {"publication.refuse", "rule \"x\": there is no group \"year-13\"", "regla «x»: no existe el grupo «year-13»"},
             {"evidence", "The connection to a.example:443 did not carry a web page but openvpn-tcp.",
                 "La conexión a a.example:443 no llevaba una página web, sino OpenVPN."},
             {"evidence", "3 different tries within 10 minutes: vpn-host a.example, odd-port , doh-host b.example.",
                 "3 intentos distintos en 10 minutos: servicio de VPN a.example, puerto poco habitual, servicio de nombres "
                 "cifrado b.example."},
             {"because", "who: nobody known, user:Ann, Bob is not staff or group:year-9",
                 "quién: nadie conocido, persona Ann, Bob no es staff o grupo year-9"},
             {"because", "when: outside, weekday:sunday, closed: not in term is not lesson or break",
                 "cuándo: fuera del horario escolar, domingo, sin clase: fuera del trimestre no es clase o recreo"},
             {"because", "matches: pupil, service:instagram, anywhere, at any time",
                 "coincide: pupil, servicio instagram, en cualquier lugar, en cualquier momento"},
             {"problem", "rule \"a\" can never match: rule \"b\" (line 7) matches everything that it does",
                 "la regla «a» no puede aplicarse nunca: la regla «b» (línea 7) se aplica a todo lo mismo"},
             {"problem", "override-5 opens nothing: override-5: \"x\" cannot stand in \"who\"; did you mean \"y\"?",
                 "override-5 no abre nada: override-5: «x» no puede estar en «who»; ¿quería decir «y»?"},
             {"report", "The gateway saw a search on Google: \"a\". It is on the list: Help. The results were shown.",
                 "La pasarela vio una búsqueda en Google: «a». Está en la lista: Help. Se mostraron los resultados."},
             {"chain", "rows 3 to 9 were cut off", "se han cortado las filas 3 a 9"},
             {"audit.export", "all", "todo"},
             {"audit.export", "action: unblock.; by: o.smith", "tipo: unblock.; por: o.smith"},
             {"audit.export", "action: list.add; from: 2026-11-01; to: 2026-11-24; about: games; by: me",
                 "tipo: list.add; desde: 2026-11-01; hasta: 2026-11-24; sobre: games; by: me"},
             {"login", "closed account 17", "cuenta cerrada 17"},
             {"login", "o.smith", "o.smith"},
         })
        EXPECT_EQ(spanish(context, kept), said);
}

} // namespace
} // namespace gatehouse::portal

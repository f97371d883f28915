// The command line of `gatehouse`: verbs and their options to calls of verbs.hpp.

#include "proxy/log/logging.hpp"
#include "tools/ctl/verbs.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <iostream>
#include <spdlog/spdlog.h>

namespace {

using namespace gatehouse::ctl;

/// What the chosen verb will do, once the whole line is understood. Lifetime: options are shared with the verb's callback.
struct Plan {
    std::shared_ptr<Common> common = std::make_shared<Common>();
    std::function<int(Streams)> run;
};

/// A verb with --config and --json, which every verb has.
CLI::App* add_verb(CLI::App& parent, Plan& plan, std::string const& name, std::string const& help)
{
    auto* const verb = parent.add_subcommand(name, help);
    verb->add_option("--config", plan.common->config, "folder with gatehouse.toml")->capture_default_str();
    verb->add_flag_callback(
        "--json", [common = plan.common] { common->output = Output::json; }, "answer one JSON object");
    return verb;
}

template <class Call>
void on_run(CLI::App* verb, Plan& plan, Call call)
{
    verb->callback(
        [&plan, call] { plan.run = [common = plan.common, call](Streams streams) { return call(*common, streams); }; });
}

void add_check(CLI::App& app, Plan& plan)
{
    auto* const verb = add_verb(app, plan, "check", "is the configuration fit to run?");
    on_run(verb, plan, [](Common const& common, Streams streams) { return check(common, streams); });
}

void add_explain(CLI::App& app, Plan& plan)
{
    auto* const verb = add_verb(app, plan, "explain", "what would be decided, and why");
    auto const options = std::make_shared<ExplainOptions>();
    auto* const question = verb->add_option_group("what is asked");
    question->add_option("url", options->url, "http or https URL; a bare host means https");
    question->add_option("--batch", options->batch,
        "many questions from a file, - for standard input: one JSON object a line with url and, as below, alias, role, group, "
        "user, network, device, address, at; one JSON answer a line, in order");
    question->require_option(1);
    verb->add_option("--alias", options->aliases,
            "what else the site is called (CNAME), or a private address that it leads to; may be given several times")
        ->allow_extra_args(false);
    verb->add_option("--role", options->role, "role of the person");
    verb->add_option("--group", options->groups, "group of the person; may be given several times");
    verb->add_option("--user", options->user, "login of the person");
    verb->add_option("--network", options->network, "where");
    verb->add_option("--device", options->device, "a named device");
    verb->add_option("--address", options->address, "client address, instead of network and device");
    verb->add_option("--at", options->at, "wall clock, YYYY-MM-DDTHH:MM; now if left out");
    verb->add_flag_callback(
        "--files-only", [options] { options->with_store = false; }, "without what the console's people decided");
    on_run(verb, plan, [options](Common const& common, Streams streams) { return explain(common, *options, streams); });
}

void add_lists_compile(CLI::App& lists, Plan& plan)
{
    auto* const verb = add_verb(lists, plan, "compile", "read every source and write lists.image");
    auto const options = std::make_shared<ListsCompileOptions>();
    verb->add_option("--accept-shrunken", options->accept_shrunken, "lists whose smaller size is right; * for all");
    verb->add_option("--whole", options->whole_source, "a squidGuard folder or archive, every category a list");
    verb->add_option("--image", options->image, "where to write, instead of STATE/lists.image");
    on_run(verb, plan, [options](Common const& common, Streams streams) { return lists_compile(common, *options, streams); });
}

void add_lists_update(CLI::App& lists, Plan& plan)
{
    auto* const verb = add_verb(lists, plan, "update", "take new sources from a folder, then compile");
    auto const options = std::make_shared<ListsCompileOptions>();
    verb->add_option("--from", options->upload_folder, "folder with the new files, named as in lists.toml")->required();
    verb->add_option("--accept-shrunken", options->accept_shrunken, "lists whose smaller size is right; * for all");
    on_run(verb, plan, [options](Common const& common, Streams streams) { return lists_update(common, *options, streams); });
}

void add_lists_questions(CLI::App& lists, Plan& plan)
{
    auto* const lookup = add_verb(lists, plan, "lookup", "every list, file and line that covers a name");
    auto const name = std::make_shared<std::string>();
    auto const image = std::make_shared<std::filesystem::path>();
    lookup->add_option("name", *name, "host or URL")->required();
    lookup->add_option("--image", *image, "another image");
    on_run(lookup, plan,
        [name, image](Common const& common, Streams streams) { return lists_lookup(common, *name, *image, streams); });

    auto* const diff = add_verb(lists, plan, "diff", "what changed between two images");
    auto const images = std::make_shared<std::vector<std::filesystem::path>>();
    auto const names = std::make_shared<std::size_t>(20);
    diff->add_option("images", *images, "before and after; else the last two compilations")->expected(0, 2);
    diff->add_option("--names", *names, "names shown for each list; 0 for all")->capture_default_str();
    on_run(diff, plan, [images, names](Common const& common, Streams streams) {
        auto const at = [&](std::size_t index) { return images->size() > index ? (*images)[index] : std::filesystem::path{}; };
        return lists_diff(common, at(0), at(1), *names, streams);
    });
}

void add_phrases(CLI::App& app, Plan& plan)
{
    auto* const verb = add_verb(app, plan, "phrases", "what saved pages weigh, and for whom they would be closed");
    auto const files = std::make_shared<std::vector<std::filesystem::path>>();
    verb->add_option("files", *files, "HTML; .txt and .md are read as text, .json as JSON")->required();
    on_run(verb, plan, [files](Common const& common, Streams streams) { return phrases(common, *files, streams); });
}

void add_lists(CLI::App& app, Plan& plan)
{
    auto* const lists = app.add_subcommand("lists", "the compiled lists");
    lists->require_subcommand(1);
    add_lists_compile(*lists, plan);
    add_lists_update(*lists, plan);
    add_lists_questions(*lists, plan);
}

void add_ca(CLI::App& app, Plan& plan)
{
    auto* const ca = app.add_subcommand("ca", "the school's certificate authority");
    ca->require_subcommand(1);
    auto* const create = add_verb(*ca, plan, "create", "make one; never overwrites");
    auto const school = std::make_shared<std::string>();
    create->add_option("--school", *school, "name in the certificate; else the policy's");
    on_run(create, plan, [school](Common const& common, Streams streams) { return ca_create(common, *school, streams); });
    auto* const move
        = add_verb(*ca, plan, "move-key", "give its key to the account that signs, and keep it from the gateway's own");
    auto const to = std::make_shared<std::string>();
    move->add_option("FOLDER", *to, "of that account")->required()->check(CLI::ExistingDirectory);
    on_run(move, plan, [to](Common const& common, Streams streams) { return ca_move_key(common, *to, streams); });
    auto* const show = add_verb(*ca, plan, "show", "its fingerprint and how long it is valid");
    on_run(show, plan, [](Common const& common, Streams streams) { return ca_show(common, streams); });
}

void add_account(CLI::App& app, Plan& plan)
{
    auto* const account = app.add_subcommand("account", "people who sign in");
    account->require_subcommand(1);
    auto* const add = add_verb(*account, plan, "add", "make an account");
    auto const options = std::make_shared<AccountOptions>();
    add->add_option("--login", options->login, "letters, digits, dots, hyphens")->required();
    add->add_option("--name", options->name, "name shown to people");
    add->add_option("--person", options->person, "the same for all accounts of one human being");
    add->add_option("--role", options->console_role,
        "of the console: officer, headteacher, ict-lead, dsl, dpo, chief-executive, marketing, auditor, supervisor");
    add->add_option("--subject-role", options->subject_role, "of the policy, for signing in to the proxy: staff, pupil");
    add->add_option("--group", options->groups, "of the policy; may be given several times");
    add->add_option("--sign-on", options->sign_on, "name at the provider of the school's sign-on, such as an e-mail address");
    add->add_flag("--break-glass", options->break_glass, "for emergencies: its password works once, and its use is told");
    add->add_flag("--password-stdin", options->password_from_input, "read the first password from standard input");
    on_run(add, plan, [options](Common const& common, Streams streams) { return account_add(common, *options, streams); });
    auto const of_one = [&](char const* name, char const* what, int (*run)(Common const&, std::string const&, Streams)) {
        auto* const verb = add_verb(*account, plan, name, what);
        auto const one = std::make_shared<std::string>();
        verb->add_option("login", *one, "user name")->required();
        on_run(verb, plan, [one, run](Common const& common, Streams streams) { return run(common, *one, streams); });
    };
    of_one("clear-code", "take the second factor off an account whose phone and paper are gone", account_clear_code);
    of_one("confirm",
        "say that it is really them, also later, where nobody of the console could; 24 hours after what was given on the machine "
        "or somebody of the console can say no to",
        account_confirm);
    of_one("close", "close an account, also the last that could confirm what an ICT lead does", account_close);
    of_one("new-password", "give an account another first password, which holds one that decides", account_new_password);
    of_one("unlink", "say that no other account is of the same human being", account_unlink);
    auto* const give
        = add_verb(*account, plan, "role", "give an account another role for the console, also where nobody could confirm it");
    auto const gets = std::make_shared<std::string>();
    auto const role = std::make_shared<std::string>();
    give->add_option("login", *gets, "user name")->required();
    give->add_option("role", *role, "as with add, or none")->required();
    on_run(
        give, plan, [gets, role](Common const& common, Streams streams) { return account_role(common, *gets, *role, streams); });
    auto* const link = add_verb(*account, plan, "link", "say that two accounts are of one human being");
    auto const other = std::make_shared<std::string>();
    auto const linked = std::make_shared<std::string>();
    link->add_option("login", *linked, "user name")->required();
    link->add_option("other", *other, "user name of their other account")->required();
    on_run(link, plan,
        [linked, other](Common const& common, Streams streams) { return account_link(common, *linked, *other, streams); });
    auto* const forget = add_verb(*account, plan, "forget", "take the person out of a closed account, for good");
    auto const whose = std::make_shared<std::string>();
    auto const reason = std::make_shared<std::string>();
    forget->add_option("login", *whose, "user name")->required();
    forget->add_option("--reason", *reason, "kept in the audit, so without names")->required();
    on_run(forget, plan,
        [whose, reason](Common const& common, Streams streams) { return account_forget(common, *whose, *reason, streams); });
    auto* const list = add_verb(*account, plan, "list", "all accounts");
    on_run(list, plan, [](Common const& common, Streams streams) { return account_list(common, streams); });
}

void add_api(CLI::App& app, Plan& plan)
{
    auto* const verb = add_verb(app, plan, "api", "ask the console as a program does: /requests, /log host=example.org");
    auto const options = std::make_shared<ApiOptions>();
    verb->add_option("PATH", options->path, "of the page, as in the console; /openapi.json describes all")->required();
    verb->add_option("NAME=VALUE", options->values, "what the page is asked, or what its form says");
    verb->add_flag("--post", options->post, "send the form instead of reading the page");
    verb->add_option("--key-file", options->key_file, "its first line is the key; else the variable GATEHOUSE_KEY")
        ->check(CLI::ExistingFile);
    verb->add_option("--url", options->url, "of another gateway's console");
    on_run(verb, plan, [options](Common const& common, Streams streams) { return api(common, *options, streams); });
}

void add_audit(CLI::App& app, Plan& plan)
{
    auto* const audit = app.add_subcommand("audit", "the record of every decision about people and policy");
    audit->require_subcommand(1);
    auto* const verify = add_verb(*audit, plan, "verify", "whether all of it is still there as it was written");
    auto const heads = std::make_shared<std::filesystem::path>();
    verify->add_option("--heads", *heads, "file with lines of `audit head` that were kept elsewhere, or the folder of heads");
    on_run(verify, plan, [heads](Common const& common, Streams streams) { return audit_verify(common, *heads, streams); });
    auto* const head = add_verb(*audit, plan, "head", "a line to be kept elsewhere");
    on_run(head, plan, [](Common const& common, Streams streams) { return audit_head(common, streams); });
}

void add_timetable(CLI::App& app, Plan& plan)
{
    auto* const timetable = app.add_subcommand("timetable", "the school's days");
    timetable->require_subcommand(1);
    auto* const verb = add_verb(*timetable, plan, "import", "take term dates and closures from an iCalendar file");
    auto const options = std::make_shared<TimetableImportOptions>();
    verb->add_option(
            "calendar", options->calendar, "the .ics file, for example of the council or of the government's bank holidays")
        ->required();
    verb->add_option("--term", options->terms, "events with this in their name are terms; may be given several times");
    verb->add_option("--only", options->only, "take only closures with this in their name; may be given several times");
    verb->add_option("--from", options->from, "first day, YYYY-MM-DD; the start of this school year if left out");
    verb->add_option("--to", options->to, "last day, YYYY-MM-DD");
    verb->add_flag("--dry-run", options->dry_run, "tell what would be written");
    on_run(verb, plan, [options](Common const& common, Streams streams) { return timetable_import(common, *options, streams); });
}

void add_gateway(CLI::App& app, Plan& plan)
{
    auto* const gateway = app.add_subcommand("gateway", "this machine as the router of devices without a proxy setting");
    gateway->require_subcommand(1);
    auto* const render = add_verb(*gateway, plan, "render", "write what the configuration asks of other programs");
    auto const what = std::make_shared<std::string>();
    render->add_option("what", *what, "rules (for nft), routes (for ip) or zone (for the name server)")
        ->required()
        ->check(CLI::IsMember({"rules", "routes", "zone"}));
    on_run(render, plan, [what](Common const& common, Streams streams) {
        auto const text = *what == "zone" ? GatewayText::zone : *what == "routes" ? GatewayText::routes : GatewayText::rules;
        return gateway_render(common, text, streams);
    });

    auto* const apply
        = add_verb(*gateway, plan, "apply", "put rules and routes in force; taken back unless you say that they may stay");
    auto const options = std::make_shared<GatewayApplyOptions>();
    apply->add_flag("--keep", options->keep, "do not ask; for the start of the machine");
    auto const seconds = std::make_shared<unsigned>(60);
    apply->add_option("--seconds", *seconds, "time to answer")->capture_default_str()->check(CLI::Range(1, 3600));
    on_run(apply, plan, [options, seconds](Common const& common, Streams streams) {
        options->patience = std::chrono::seconds{*seconds};
        return gateway_apply(common, *options, streams);
    });
    on_run(add_verb(*gateway, plan, "revert", "take rules and routes back"), plan,
        [](Common const& common, Streams streams) { return gateway_revert(common, streams); });
}

void add_log(CLI::App& app, Plan& plan)
{
    auto* const verb = add_verb(app, plan, "log", "search the access log, newest first");
    auto const options = std::make_shared<LogOptions>();
    verb->add_option("--person", options->person, "login");
    verb->add_option("--device", options->device, "id");
    verb->add_option("--network", options->network, "id");
    verb->add_option("--client", options->client, "address");
    verb->add_option("--host", options->host, "this host and all below it");
    verb->add_option("--category", options->category, "id");
    verb->add_option("--rule", options->rule, "id");
    verb->add_option("--verdict", options->verdict, "allow or block")->check(CLI::IsMember({"allow", "block"}));
    verb->add_option("--text", options->text, "anywhere in host, path, search or user agent");
    verb->add_option("--searches", options->term_list, "id of a term list: searches of which it speaks");
    verb->add_option("--cursor", options->cursor, "go on where the last page ended");
    verb->add_option("--purpose", options->purpose, "why it is read, kept in the audit; without one people have pseudonyms");
    verb->add_option("--limit", options->limit, "rows")->capture_default_str()->check(CLI::Range(1, 10000));
    on_run(verb, plan, [options](Common const& common, Streams streams) { return log(common, *options, streams); });
}

void add_daemon_verbs(CLI::App& app, Plan& plan)
{
    on_run(add_verb(app, plan, "status", "how the running gateway is"), plan,
        [](Common const& common, Streams streams) { return status(common, streams); });
    on_run(add_verb(app, plan, "reload", "publish the configuration without dropping a connection"), plan,
        [](Common const& common, Streams streams) { return reload(common, streams); });
    on_run(add_verb(app, plan, "restart", "replace the daemon by a new process without refusing a connection"), plan,
        [](Common const& common, Streams streams) { return restart(common, streams); });
    auto* const verb = add_verb(app, plan, "requests", "asks for blocked sites");
    auto const state = std::make_shared<std::string>();
    verb->add_option("--state", *state, "submitted (default), recommended, approved, refused, closed, withdrawn, expired");
    on_run(verb, plan, [state](Common const& common, Streams streams) { return requests(common, *state, streams); });
    on_run(add_verb(app, plan, "doctor", "look at everything that commonly goes wrong"), plan,
        [](Common const& common, Streams streams) { return doctor(common, streams); });
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app{"The school's web gateway, from the command line."};
    app.require_subcommand(1);
    Plan plan;
    add_check(app, plan);
    add_explain(app, plan);
    add_phrases(app, plan);
    add_lists(app, plan);
    add_timetable(app, plan);
    add_ca(app, plan);
    add_account(app, plan);
    add_api(app, plan);
    add_audit(app, plan);
    add_daemon_verbs(app, plan);
    add_gateway(app, plan);
    add_log(app, plan);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? success : bad_usage;
    }
    if (auto logger = gatehouse::log::make_logger("warn")) // to standard error: what a verb prints may be JSON
        spdlog::set_default_logger(std::move(*logger));
    try {
        return plan.run({std::cin, std::cout, std::cerr});
    } catch (std::exception const& error) { // a bug, or a machine that is out of memory or disk
        std::cerr << "gatehouse: " << error.what() << '\n';
        return failure;
    }
}

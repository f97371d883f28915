#pragma once
// The verbs of the `gatehouse` command as functions: options in, text out, exit status back. Parsing the command line is main.cpp's.
// Every verb answers a JSON object on one line instead of text if asked to.

#include "proxy/question/question.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::ctl {

inline constexpr int success = 0;
inline constexpr int failure = 1;
inline constexpr int bad_usage = 2;

enum class Output : std::uint8_t { text, json };

/// Where text goes. Lifetime: the streams outlive the call.
struct Streams {
    std::istream& in;
    std::ostream& out;
    std::ostream& error;
};

struct Common {
    std::filesystem::path config{"/etc/gatehouse"};
    Output output = Output::text;
};

/// Settings, the three policy files, expectations and lint. Complaints go to the error stream as "file:line:column: message" with a caret.
/// Works without compiled lists: they are then compiled aside and thrown away.
int check(Common const& common, Streams streams);

struct ExplainOptions : question::Question {
    bool with_store = true;      ///< with the grants, restrictions and school lists that the gateway's store holds
    std::filesystem::path batch; ///< questions, one JSON object a line; "-": standard input; empty: the one of these options
};
/// The decision for one question with all its steps, by the same function that decides live. 0 whatever the verdict.
/// A batch is answered in order, one JSON object a line, by a policy loaded once and what the store holds now.
int explain(Common const& common, ExplainOptions const& options, Streams streams);

/// What saved pages weigh by the phrase lists, with the phrases, and which [[content]] entries would close them. 0 whatever the verdict.
int phrases(Common const& common, std::vector<std::filesystem::path> const& files, Streams streams);

struct ListsCompileOptions {
    std::vector<std::string> accept_shrunken; ///< list ids, "*" for all
    std::filesystem::path whole_source;       ///< a squidGuard folder or archive instead of lists.toml
    std::filesystem::path image;              ///< empty: STATE/lists.image
    std::filesystem::path upload_folder;      ///< for update only
};
int lists_compile(Common const& common, ListsCompileOptions const& options, Streams streams);
int lists_update(Common const& common, ListsCompileOptions const& options, Streams streams);
/// 0: covered, 3: by no list, 1: not a name, or no image.
int lists_lookup(Common const& common, std::string const& name, std::filesystem::path const& image, Streams streams);
/// 0: the same, 3: different. Without paths: the image before the last compilation against the one in force.
int lists_diff(Common const& common, std::filesystem::path const& before, std::filesystem::path const& after,
    std::size_t max_names, Streams streams);

struct TimetableImportOptions {
    std::filesystem::path calendar; ///< an iCalendar file (RFC 5545)
    std::vector<std::string> terms; ///< events whose name holds one of these are terms, the others closures; case does not matter
    std::vector<std::string> only;  ///< of the others only those whose name holds one of these; empty: all
    std::string from, to;           ///< "2026-09-01", both within; empty: this school year and the three after it
    bool dry_run = false;           ///< tell, write nothing
};
/// Writes the whole days of a calendar into timetable.toml as terms and closures. A timetable that would not be fit to run is not written.
int timetable_import(Common const& common, TimetableImportOptions const& options, Streams streams);

/// Creates the school's CA in STATE/ca, once.
int ca_create(Common const& common, std::string const& school, Streams streams);
int ca_move_key(Common const& common, std::string const& to, Streams streams);
int ca_show(Common const& common, Streams streams);

struct AccountOptions {
    std::string login, name, person;
    std::string console_role; ///< "officer", "headteacher", "ict-lead", ...; empty: does not sign in to the console
    std::string subject_role; ///< "staff", "pupil"; empty: does not sign in to the proxy
    std::vector<std::string> groups;
    std::string sign_on;              ///< name at the provider of the school's sign-on
    bool break_glass = false;         ///< for emergencies: its password, which need not be changed, works once
    bool password_from_input = false; ///< otherwise a random one is made and printed once
};
/// Works with and without a running daemon. The first password must be changed at the first sign-in.
int account_add(Common const& common, AccountOptions const& options, Streams streams);
struct ApiOptions {
    std::string path;                ///< "/requests"
    std::vector<std::string> values; ///< "name=value": of the query, or of the form
    bool post = false;
    std::filesystem::path key_file; ///< its first line; empty: the variable GATEHOUSE_KEY
    std::string url;                ///< of another console; empty: this gateway's
};
/// Prints what the console answers, which is JSON but for exports. 1 if it refuses.
int api(Common const& common, ApiOptions const& options, Streams streams);

int account_clear_code(Common const& common, std::string const& login, Streams streams);
/// It is really them to whom somebody else gave another way in: where nobody of the console could say so.
int account_confirm(Common const& common, std::string const& login, Streams streams);
/// Another first password, also for an account that was closed because it was not them.
int account_new_password(Common const& common, std::string const& login, Streams streams);
/// Closes an account, also the last that could confirm what an ICT lead does with accounts.
int account_close(Common const& common, std::string const& login, Streams streams);
/// Another role for the console, at once, also where nobody there could confirm it: it decides nothing for 24 hours, and the headteacher is told.
int account_role(Common const& common, std::string const& login, std::string const& role, Streams streams);
/// Takes the person out of a closed account, for good.
int account_forget(Common const& common, std::string const& login, std::string const& reason, Streams streams);
int account_list(Common const& common, Streams streams);
/// Both accounts, and all others of either, are of one human being: who asked with one decides nothing with the other.
int account_link(Common const& common, std::string const& login, std::string const& other, Streams streams);
/// The account is of somebody of whom no other is.
int account_unlink(Common const& common, std::string const& login, Streams streams);

/// Reads the whole chain. 1 if a row was changed, is missing, or the end was cut. `heads`: a file of lines that `audit head` wrote at other times
/// and that was kept elsewhere, which also finds out a chain that somebody with the key wrote anew; empty: none.
int audit_verify(Common const& common, std::filesystem::path const& heads, Streams streams);
/// The newest row's number and digest, as a line to be kept where nobody of this machine can change it.
int audit_head(Common const& common, Streams streams);

// The following ask the running daemon over its control socket.
int status(Common const& common, Streams streams);
/// Complaints about a refused policy go to the error stream; the running one then stays.
int reload(Common const& common, Streams streams);
/// The daemon starts the program anew, which takes its sockets over; waits until that runs.
int restart(Common const& common, Streams streams);
struct LogOptions {
    std::string person, device, network, client, host, category, rule, verdict, term_list, text, cursor, purpose;
    std::size_t limit = 50;
};
int log(Common const& common, LogOptions const& options, Streams streams);
int requests(Common const& common, std::string const& state, Streams streams);

enum class GatewayText { rules, routes, zone };
/// The firewall rules, the routes they need, or the name server's zone, as this configuration wants them.
int gateway_render(Common const& common, GatewayText what, Streams streams);
struct GatewayApplyOptions {
    bool keep = false; ///< at once for good: for the service that does it when the machine starts
    std::chrono::seconds patience{60};
    int answers = 0; ///< descriptor that the word to keep them is read from
};
/// Puts rules and routes in force, and takes them back unless "keep" is answered in time. 1 if they did not stay.
int gateway_apply(Common const& common, GatewayApplyOptions const& options, Streams streams);
int gateway_revert(Common const& common, Streams streams);

/// Looks at everything that commonly goes wrong. 1 if anything does; warnings alone are 0.
int doctor(Common const& common, Streams streams);

} // namespace gatehouse::ctl

#include "proxy/session/file_gate.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

namespace gatehouse::session {
namespace {

using files::FileKind;

constexpr std::string_view not_checked = "not-checked";

/// What a role that fails closed does not get.
constexpr std::string_view unknown_file = "file-unreadable";
constexpr std::string_view no_check = "virus-check-failed";

bool asks_for_kind(policy::Policy const& policy, policy::FilePlan const& plan)
{
    for (std::size_t i = 0; i < policy.file_rules.size(); ++i)
        if (plan[i] && !policy.file_rules[i].kinds.empty())
            return true;
    return false;
}

/// Whoever asks for no piece gets none, whatever the answer calls itself: a browser takes a 206 that it has not asked for as a whole file.
bool asks_for_a_piece(http1::RequestHead const& request)
{
    auto const asked = request.find("Range");
    bool const from_the_start = asked && asked->starts_with("bytes=0-") && asked->find(',') == asked->npos;
    return asked && !from_the_start;
}

/// What becomes of an answer, as far as its request tells (W3C Fetch Metadata; plain HTTP has no such fields).
enum class Use : std::uint8_t {
    unknown,
    part_of_page, ///< a script, a picture, data: used as such, whatever the answer says of itself
    opened,       ///< by a person or a script: shown if browsers can, otherwise saved
    download,     ///< by a link that says so, as Chromium tells (<a download>)
};

Use use_of(http1::RequestHead const& request)
{
    auto const mode = request.find("Sec-Fetch-Mode").value_or("");
    auto const destination = request.find("Sec-Fetch-Dest").value_or("");
    if (mode.empty() && destination.empty())
        return request.find("Accept").value_or("").starts_with("text/html") ? Use::opened : Use::unknown;
    if (mode != "navigate")
        return Use::part_of_page;
    return destination == "empty" && !request.find("Sec-Purpose") ? Use::download
                                                                  : Use::opened; // a prefetch may be for nothing yet
}

/// Told in the log once a minute at most: a client can ask for as many files as it likes.
void note_in_part(Environment& env)
{
    auto& told = env.told_of_files_in_part;
    auto const now = env.wheel.now();
    if (told && now - *told < std::chrono::minutes{1})
        return;
    told = now;
    spdlog::warn("antivirus.sent_in_part limit={} reason=\"a client has too many files checked at once to keep them whole\"",
        most_files_kept);
}

/// What is not shown by a browser but opened by something else, and may do harm there.
bool may_carry_viruses(FileKind kind)
{
    switch (kind) {
    case FileKind::text:
    case FileKind::image:
    case FileKind::audio:
    case FileKind::video:
    case FileKind::font:
    case FileKind::part: return false;
    default: return true;
    }
}

} // namespace

std::unique_ptr<FileGate> FileGate::make(Session& session, Outcome const& outcome, Heads const& heads)
{
    auto const& head = heads.response;
    auto const& policy = *outcome.policy;
    bool const checks = !session.env.settings.antivirus.socket.empty();
    if ((policy.file_rules.empty() && !checks) || head.framing == http1::Framing::none || head.switches_protocol)
        return nullptr;
    auto const now = session.env.clock.now();
    policy::Query const query{session.subject, outcome.target, now, outcome.decision.signals};
    auto const plan = policy::plan_files(policy, query, outcome.decision);
    return plan.none() && !checks ? nullptr : std::make_unique<FileGate>(session, outcome, heads, plan);
}

FileGate::FileGate(Session& session, Outcome const& outcome, Heads const& heads, policy::FilePlan const& plan)
    : session_(session)
    , plan_(plan)
    , knows_size_(heads.response.framing == http1::Framing::length)
    , looking_(asks_for_kind(*outcome.policy, plan) || !session.env.settings.antivirus.socket.empty())
    , type_(heads.response.find("Content-Type").value_or(""))
    , client_(session.subject.address)
    , began_(session.env.wheel.now())
{
    auto const& head = heads.response;
    read_names(heads);
    auto const range = head.status == 206 ? files::read_content_range(head.find("Content-Range").value_or("")) : std::nullopt;
    partial_ = head.status == 206 && asks_for_a_piece(heads.request) && (!range || range->first != 0);
    if (knows_size_)
        facts_.size = std::max(head.content_length, range ? range->whole : 0);
    reads_ = looking_ && !partial_;
    auto const coding = head.joined("Content-Encoding");
    if (reads_ && !coding.empty()) {
        decoder_ = content::BodyDecoder::make(coding);
        unreadable_ = !decoder_;
    }
    if (type_.starts_with("text/event-stream")) // events come one by one, each of them awaited
        patient_ = false;
}

void FileGate::read_names(Heads const& heads)
{
    std::vector<std::string_view> dispositions;
    for (auto const& field : heads.response.fields())
        if (http1::equals_ignoring_case(field.name, "content-disposition"))
            dispositions.push_back(field.value);
    auto const use = use_of(heads.request);
    attached_ = use == Use::download || std::any_of(dispositions.begin(), dispositions.end(), files::is_attachment);
    bool const opens = use == Use::opened && !type_.empty() && files::kind_of_type(type_) != FileKind::text;
    if (use != Use::part_of_page && (attached_ || opens))
        saved_ = files::Saved::yes;
    for (auto const field : dispositions)
        named_.add(files::kinds_of_disposition(field, saved_));
}

void FileGate::add(std::string_view body)
{
    if (!knows_size_)
        facts_.size += body.size();
    if (!reads_)
        return;
    coded_ += body.size();
    auto const most = session_.env.settings.antivirus.most + 1 - scanned_;
    auto const room = most > decoded_.size() ? most - decoded_.size() : 0;
    if (!decoder_) {
        decoded_.append(body.substr(0, room));
        reads_ = body.size() <= room; // what is beyond is not checked
        return;
    }
    auto const result = decoder_->add(body, decoded_, room);
    unreadable_ = result == content::DecodeResult::broken || result == content::DecodeResult::too_much;
    reads_ = result == content::DecodeResult::ok;
}

/// Nothing of what comes has to be kept any more.
void FileGate::stop_reading()
{
    reads_ = false;
    scan_.reset();
    decoder_.reset();
    std::string().swap(decoded_); // assigning nothing would keep its room
}

bool FileGate::judge(Outcome& outcome)
{
    auto const rule = policy::judge_file(*outcome.policy, plan_, facts_);
    if (rule)
        outcome.decision = policy::close_for_file(outcome.decision, *rule, facts_);
    return !rule;
}

bool FileGate::fail(Outcome& outcome, std::string_view failure) const
{
    if (!fails_closed(*outcome.policy, session_.subject))
        return true;
    outcome.failure = failure;
    return false;
}

/// What a browser makes no file of, whatever follows, and what may come word by word: text that is shown, and calls (gRPC).
bool FileGate::is_no_file() const
{
    return !attached_ && (files::kind_of_type(type_) == FileKind::text || type_.starts_with("application/grpc"));
}

bool FileGate::has_enough(bool complete) const
{
    if (complete || unreadable_ || !reads_ || coded_ >= files::most_looked_at)
        return true;
    bool const late = !patient_ || time_left() <= std::chrono::milliseconds::zero();
    if (late && (decoded_.size() >= files::enough_for_a_mark || is_no_file()))
        return true;
    auto const certain = decoded_.size() < files::enough_for_a_mark ? std::nullopt : files::kind_by_first_bytes(decoded_);
    if (!certain)
        return decoded_.size() >= files::most_looked_at;
    return certain != FileKind::text || decoded_.size() >= files::enough_for_text;
}

std::optional<FileKind> FileGate::kind_without_asking() const
{
    if (!partial_)
        return files::kind_by_first_bytes(decoded_);
    auto const said = files::kind_of_type(type_);
    return said == FileKind::document || !may_carry_viruses(said) ? said : FileKind::part;
}

net::task<> FileGate::find_kind(Outcome& outcome)
{
    auto kind = kind_without_asking();
    if (!kind) {
        auto const type = co_await session_.env.kinds.ask(decoded_);
        unreadable_ = type.empty();
        kind = files::kind_of_type(type);
    }
    facts_.kind = kind;
    outcome.file_kind = kind;
}

/// By its content and by every name that it has: the strictest counts, because a computer goes by one of them.
bool FileGate::judge_kinds(Outcome& outcome)
{
    auto const content = *facts_.kind;
    // A page about a program is often found under the program's name, and so is a picture of it.
    bool const is_shown = !attached_ && files::is_shown(type_, decoded_);
    if (is_shown || content == FileKind::program)
        return judge(outcome);
    named_.add(files::kinds_of_path(outcome.target.path, saved_));
    bool const says_little = content == FileKind::text || content == FileKind::archive || content == FileKind::other;
    if ((named_.empty() || !says_little) && !judge(outcome))
        return false;
    for (std::size_t i = 0; i < policy::file_kind_words.size(); ++i) {
        auto const kind = static_cast<FileKind>(i);
        if (!named_.has(kind))
            continue;
        outcome.file_kind = facts_.kind = kind;
        if (!judge(outcome))
            return false;
    }
    return true;
}

bool FileGate::wants_scan() const
{
    bool const harmless = !may_carry_viruses(*facts_.kind) && !(attached_ && *facts_.kind == FileKind::text);
    return !session_.env.settings.antivirus.socket.empty() && !harmless;
}

net::task<bool> FileGate::is_fit(Outcome& outcome, bool complete)
{
    if (!judge(outcome))
        co_return false;
    if (looking_) {
        if (!has_enough(complete))
            co_return true;
        // A coding that takes long to say anything must not pass for an empty file.
        bool const says_nothing = !complete && !partial_ && decoded_.size() < files::enough_for_a_mark && !is_no_file();
        unreadable_ = unreadable_ || says_nothing;
        if (!unreadable_)
            co_await find_kind(outcome);
        looking_ = false;
        if (unreadable_)
            co_return end_scan(outcome, unknown_file);
        if (!judge_kinds(outcome))
            co_return false;
        auto const& antivirus = session_.env.settings.antivirus;
        if (wants_scan() && (partial_ || facts_.size > antivirus.most)) // a piece alone tells a virus check nothing
            co_return end_scan(outcome, {});
        if (wants_scan()) {
            scan_ = std::make_unique<files::VirusScan>(session_.env.executor, session_.env.wheel, antivirus.patience);
            if (!co_await scan_->begin(antivirus.socket))
                co_return end_scan(outcome, no_check);
        } else {
            stop_reading();
        }
    }
    if (scan_)
        co_return co_await check(outcome, complete);
    co_return true;
}

/// The check is over without an answer.
bool FileGate::end_scan(Outcome& outcome, std::string_view failure)
{
    stop_reading();
    if (!session_.env.settings.antivirus.socket.empty())
        outcome.found().virus = not_checked;
    if (failure.empty())
        return true;
    if (failure == no_check)
        spdlog::warn(
            "antivirus.no_answer socket=\"{}\" decision={}", session_.env.settings.antivirus.socket.string(), outcome.id.view());
    return fail(outcome, failure);
}

net::task<bool> FileGate::check(Outcome& outcome, bool complete)
{
    if (unreadable_)
        co_return end_scan(outcome, unknown_file);
    scanned_ += decoded_.size();
    if (scanned_ > session_.env.settings.antivirus.most)
        co_return end_scan(outcome, {});
    if (!co_await scan_->add(decoded_))
        co_return end_scan(outcome, no_check);
    decoded_.clear();
    if (!complete)
        co_return true;
    auto const answer = co_await scan_->finish();
    if (answer.kind == files::ScanAnswer::Kind::failed)
        co_return end_scan(outcome, no_check);
    stop_reading();
    if (answer.kind == files::ScanAnswer::Kind::clean)
        co_return true;
    outcome.found().virus = answer.name;
    outcome.decision = policy::close_for_virus(outcome.decision);
    spdlog::warn(
        "antivirus.found host=\"{}\" name=\"{}\" decision={}", outcome.target.host.text(), answer.name, outcome.id.view());
    co_return false;
}

FileGate::~FileGate()
{
    give_place_back();
}

void FileGate::give_place_back()
{
    if (std::exchange(has_place_, false))
        session_.env.kept_files.give_back(client_);
}

/// One of few kilobytes needs no place: so much is kept of any.
bool FileGate::keeps_whole(std::size_t waiting)
{
    if (released_ || waiting > most_kept_whole)
        return false;
    if (waiting <= kept_of_larger || has_place_)
        return true;
    has_place_ = session_.env.kept_files.take(client_);
    if (!has_place_)
        note_in_part(session_.env);
    return has_place_;
}

std::size_t FileGate::releasable(std::size_t waiting)
{
    if (looking_)
        return 0;
    if (!scan_)
        return waiting;
    if (keeps_whole(waiting))
        return 0;
    released_ = true;
    give_place_back();
    return waiting - std::min(waiting, kept_of_larger);
}

std::chrono::milliseconds FileGate::time_left() const
{
    return std::max(longest_look - (session_.env.wheel.now() - began_), std::chrono::milliseconds::zero());
}

} // namespace gatehouse::session

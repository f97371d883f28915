#include "tools/lists/compile.hpp"
#include "policy/domain_set.hpp"
#include "tools/lists/files.hpp"
#include "tools/lists/good_copy.hpp"

#include <algorithm>
#include <iterator>

#include <sys/random.h>

namespace gatehouse::lists {
namespace {

namespace fs = std::filesystem;
using policy::ListFile;
using State = ListReport::State;

/// The files of one list as entries, with what was not understood.
struct ReadFiles {
    std::vector<ListFile> files;
    std::size_t entries = 0, unsupported = 0, comments = 0;
    std::vector<UnsupportedLines> unsupported_lines;
};

void note_problems(std::vector<UnsupportedLines>& into, std::string const& file, policy::ListText const& text)
{
    std::size_t const first = into.size();
    for (policy::LineProblem const& problem : text.problems) {
        auto const known = std::find_if(into.begin() + static_cast<std::ptrdiff_t>(first), into.end(),
            [&problem](UnsupportedLines const& lines) { return lines.reason == problem.reason; });
        UnsupportedLines& lines = known != into.end() ? *known : into.emplace_back(UnsupportedLines{file, problem.reason, 0, {}});
        ++lines.count;
        if (lines.lines.size() < max_shown_lines)
            lines.lines.push_back(problem.line);
    }
}

ReadFiles read_files(std::string const& list, std::vector<SourceFile> const& files)
{
    ReadFiles read;
    for (SourceFile const& file : files) {
        auto text = policy::read_list(file.format, file.text);
        note_problems(read.unsupported_lines, file.name, text);
        read.entries += text.entries.size();
        read.unsupported += text.problem_count;
        read.comments += text.comment_count;
        read.files.push_back({.list = list, .file = file.name, .entries = std::move(text.entries)});
    }
    return read;
}

class Compilation {
public:
    explicit Compilation(CompileOptions const& options)
        : options_(options)
        , copies_(options.state_folder / "lists")
        , image_(options.image.empty() ? options.state_folder / "lists.image" : options.image)
    {
        report_.image = image_.string();
    }

    CompileReport run()
    {
        auto const started = std::chrono::steady_clock::now();
        std::error_code ec;
        fs::create_directories(copies_, ec);
        if (auto const lock = FolderLock::take(copies_); !lock)
            report_.failure = copies_.string() + ": " + lock.error().message();
        else
            compile();
        report_.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
        return std::move(report_);
    }

private:
    void tell(Progress::Stage stage, std::size_t done = 0, std::size_t total = 0) const
    {
        if (options_.progress)
            options_.progress({stage, done, total});
    }

    void compile()
    {
        std::vector<policy::ListInfo> infos;
        std::copy_if(options_.lists.begin(), options_.lists.end(), std::back_inserter(infos),
            [](policy::ListInfo const& info) { return !info.path.empty(); });
        tell(Progress::Stage::reading_sources);
        Sources sources = read_sources(infos, options_.config_folder);
        report_.notes = std::move(sources.notes);
        for (std::size_t i = 0; i < sources.lists.size(); ++i) {
            tell(Progress::Stage::reading_lists, i, sources.lists.size());
            take_list(std::move(sources.lists[i]));
        }
        join_aliases();
        tell(Progress::Stage::encoding);
        auto encoded = policy::encode_lists(files_, random_hash_key());
        take_stats(encoded.lists);
        tell(Progress::Stage::writing);
        write(encoded.bytes);
    }

    void take_list(SourceList source)
    {
        ListReport& report = report_.lists.emplace_back();
        report.list = source.list;
        report.usage = source.usage;
        if (!source.alias_of.empty()) {
            report.state = State::alias;
            report.alias_of = source.alias_of;
            return keep_copy(
                source.list, {.title = {.entries = 0, .usage = {}, .alias_of = source.alias_of, .digest = {}}, .files = {}}, {});
        }
        auto read = read_files(source.list, source.files);
        auto const kept = check_good_copy(copies_, source.list);
        report.why = fault_of(source, read.entries, kept);
        if (report.why.empty()) {
            keep_copy(source.list,
                {.title = {.entries = read.entries, .usage = source.usage, .alias_of = {}, .digest = {}},
                    .files = std::move(source.files)},
                kept ? std::string_view{kept->digest} : std::string_view{});
        } else if (auto const copy = read_good_copy(copies_, source.list)) {
            report.state = State::held_back;
            report.usage = copy->title.usage;
            report.alias_of = copy->title.alias_of;
            read = read_files(source.list, copy->files);
        } else {
            report.state = State::missing;
        }
        report.unsupported = read.unsupported;
        report.comments = read.comments;
        report.unsupported_lines = std::move(read.unsupported_lines);
        std::move(read.files.begin(), read.files.end(), std::back_inserter(files_));
    }

    void keep_copy(std::string const& list, GoodCopy const& copy, std::string_view present)
    {
        if (options_.copies == Copies::leave)
            return;
        if (auto const kept = keep_good_copy(copies_, list, copy, present); !kept)
            report_.warnings.push_back(list + ": no copy kept: " + kept.error().message());
    }

    /// Why the source must not replace the last good copy; empty if it may.
    std::string fault_of(SourceList const& source, std::size_t entries, result<CopyTitle> const& copy) const
    {
        if (!source.fault.empty())
            return source.fault;
        if (!copy || copy->entries <= entries || is_accepted(source.list))
            return {};
        if (entries == 0)
            return "the source has no usable line; the last good copy has " + std::to_string(copy->entries);
        auto const least = static_cast<double>(copy->entries) * (1 - max_shrink);
        if (copy->entries >= min_guarded_entries && static_cast<double>(entries) < least)
            return "the source shrank from " + std::to_string(copy->entries) + " to " + std::to_string(entries) + " lines";
        return {};
    }

    bool is_accepted(std::string const& list) const
    {
        return std::any_of(options_.accept_shrunken.begin(), options_.accept_shrunken.end(),
            [&list](std::string const& id) { return id == "*" || id == list; });
    }

    /// An alias whose list is gone from lists.toml as well covers nothing, and says so.
    void join_aliases()
    {
        for (ListReport& alias : report_.lists) {
            if (alias.alias_of.empty())
                continue;
            bool is_joined = false;
            for (ListFile& file : files_) {
                if (file.list != alias.alias_of)
                    continue;
                file.also_lists.push_back(alias.list);
                is_joined = true;
            }
            if (!is_joined)
                alias.state = State::missing;
        }
    }

    void take_stats(std::vector<policy::ListStats> const& stats)
    {
        for (policy::ListStats const& stat : stats) {
            for (ListReport& report : report_.lists) {
                if (report.list != stat.list)
                    continue;
                report.entries = stat.entries;
                report.duplicates = stat.duplicates;
                report.redundant = stat.redundant;
                report.unusable = stat.unusable;
            }
        }
    }

    void write(std::vector<std::byte> const& bytes)
    {
        if (auto const verified = policy::verify_list_image(bytes); !verified) {
            report_.failure = verified.error().message();
            return;
        }
        auto previous = image_;
        previous += ".previous";
        std::error_code ec;
        if (fs::exists(image_, ec)) {
            fs::remove(previous, ec);
            fs::create_hard_link(image_, previous, ec);
            if (ec)
                report_.warnings.push_back(previous.string() + ": " + ec.message());
        }
        if (auto const written = replace_file(image_, bytes); !written) {
            report_.failure = image_.string() + ": " + written.error().message();
            return;
        }
        report_.bytes = bytes.size();
        report_.names = policy::DomainSet(bytes).name_count();
    }

    CompileOptions const& options_;
    fs::path copies_, image_;
    CompileReport report_;
    std::vector<ListFile> files_;
};

} // namespace

CompileReport compile_lists(CompileOptions const& options)
{
    return Compilation(options).run();
}

CompiledEntries compile_entries(std::span<ListFile const> files)
{
    return {std::make_shared<std::vector<std::byte> const>(policy::encode_list_image(files, random_hash_key()))};
}

std::uint64_t random_hash_key()
{
    std::uint64_t key = 0;
    while (::getrandom(&key, sizeof key, 0) != static_cast<ssize_t>(sizeof key)) { } // interrupted by a signal: again
    return key;
}

} // namespace gatehouse::lists

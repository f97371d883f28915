// What lists cost: reading, encoding, checking, and one lookup. Names come from the file GATEHOUSE_NAMES, or are made up
// (GATEHOUSE_COUNT of them, one million if not set). GATEHOUSE_COLLECTION names a squidGuard archive to compile whole.

#include "policy/domain_set.hpp"
#include "policy/list_source.hpp"
#include "tools/lists/commands.hpp"
#include "tools/lists/files.hpp"
#include "tools/lists/mapped_image.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <span>
#include <sstream>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace gatehouse {
namespace {

using policy::Host;

std::string made_up_names(std::size_t count)
{
    std::mt19937_64 random(7);
    std::string text;
    static constexpr std::array<std::string_view, 8> tops{".com", ".net", ".org", ".co.uk", ".info", ".de", ".io", ".site"};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t size = 5 + random() % 14; size > 0; --size)
            text += static_cast<char>('a' + random() % 26);
        text += std::to_string(i % 1000);
        text += tops[random() % tops.size()];
        text += '\n';
    }
    return text;
}

/// As a daemon holds it: mapped from a file.
lists::MappedImage held(std::span<std::byte const> image)
{
    int const file = ::memfd_create("lists.image", MFD_CLOEXEC);
    for (auto rest = image; !rest.empty();) {
        auto const written = ::write(file, rest.data(), rest.size());
        if (written < 0)
            std::abort();
        rest = rest.subspan(static_cast<std::size_t>(written));
    }
    auto mapped = lists::MappedImage::map(file).value();
    ::close(file);
    return mapped;
}

/// Everything the benchmarks share; built once.
struct Fixture {
    std::string text;
    std::vector<policy::ListFile> files;
    std::vector<std::byte> image;
    lists::MappedImage mapped;
    policy::DomainSet set;
    std::vector<Host> listed, unlisted, browsing;

    Fixture()
    {
        char const* const path = std::getenv("GATEHOUSE_NAMES");
        char const* const count = std::getenv("GATEHOUSE_COUNT");
        text = path != nullptr ? lists::read_file(path).value()
                               : made_up_names(count != nullptr ? std::strtoull(count, nullptr, 10) : 1'000'000);
        files.push_back(
            {.list = "names", .file = "names", .entries = policy::read_list(policy::ListFormat::domains, text).entries});
        image = policy::encode_list_image(files, 99);
        mapped = held(image);
        set = policy::DomainSet(mapped.bytes());
        std::mt19937 random(3);
        for (std::size_t i = 0; i < (1U << 18); ++i) {
            std::string const name(files[0].entries[random() % files[0].entries.size()].host);
            bool const is_deeper = i % 2 == 0 && !policy::layout::is_address_text(name);
            listed.push_back(Host::parse((is_deeper ? "www." : "") + name).value());
            unlisted.push_back(Host::parse("www.q" + std::to_string(random()) + "-x.com").value());
        }
        for (std::size_t i = 0; i < (1U << 14); ++i) { // few hosts make most requests, one in ten is listed
            std::size_t const rank = static_cast<std::size_t>(std::exp2(static_cast<double>(random() % 1000) / 100)) % 1024;
            browsing.push_back(random() % 10 == 0 ? listed[rank] : unlisted[rank]);
        }
    }
};

Fixture& fixture()
{
    static Fixture made;
    return made;
}

void peak_memory(benchmark::State& state)
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

void read(benchmark::State& state)
{
    Fixture const& made = fixture();
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(policy::read_list(policy::ListFormat::domains, made.text));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(made.files[0].entries.size()));
}
BENCHMARK(read)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state)
{
    Fixture const& made = fixture();
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(policy::encode_list_image(made.files, 99));
    auto const names = static_cast<double>(made.set.name_count());
    auto const view = policy::layout::read_header(made.image);
    state.counters["names"] = names;
    state.counters["image_bytes_a_name"] = static_cast<double>(made.image.size()) / names;
    state.counters["hot_bytes_a_name"] = static_cast<double>(view.section_bytes(policy::layout::buckets)) / names;
    peak_memory(state);
}
BENCHMARK(encode)->Unit(benchmark::kMillisecond);

void verify(benchmark::State& state)
{
    Fixture const& made = fixture();
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(policy::verify_list_image(made.image));
}
BENCHMARK(verify)->Unit(benchmark::kMillisecond);

/// What the machine charges for one read of the index that no cache holds: each read depends on the one before.
void one_cold_read(benchmark::State& state)
{
    auto const view = policy::layout::read_header(fixture().mapped.bytes());
    std::uint64_t at = 1;
    for ([[maybe_unused]] auto _ : state) {
        std::size_t const bucket = policy::layout::home_bucket(at * 0x9fb21c651e98df25U, view.home_buckets);
        at += policy::layout::load<std::uint16_t>(view.bucket(bucket)) | 1U;
    }
    benchmark::DoNotOptimize(at);
}
BENCHMARK(one_cold_read);

void look_up(benchmark::State& state, std::vector<Host> const& hosts)
{
    policy::ListHits hits;
    std::size_t next = 0, found = 0;
    for ([[maybe_unused]] auto _ : state) {
        Host const& soon = hosts[(next + 8) % hosts.size()]; // a request's host has just been parsed: it is in the cache
        __builtin_prefetch(&soon);
        __builtin_prefetch(reinterpret_cast<std::byte const*>(&soon) + Host::max_size);
        fixture().set.find(hosts[next], "/a/path?x=1", hits);
        found += hits.all().size();
        next = (next + 1) % hosts.size();
    }
    state.counters["hit_share"] = static_cast<double>(found) / static_cast<double>(state.iterations());
}

void find_random_misses(benchmark::State& state)
{
    look_up(state, fixture().unlisted);
}
BENCHMARK(find_random_misses);

void find_random_hits(benchmark::State& state)
{
    look_up(state, fixture().listed);
}
BENCHMARK(find_random_hits);

void find_browsing_mix(benchmark::State& state)
{
    look_up(state, fixture().browsing);
}
BENCHMARK(find_browsing_mix);

double median(std::vector<double>& samples)
{
    std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2), samples.end());
    return samples[samples.size() / 2];
}

/// Finer than steady_clock, whose steps of 10 ns on some machines are half of what is measured. Of one core; what is before has ended.
std::uint64_t ticks()
{
#if defined(__x86_64__)
    __builtin_ia32_lfence();
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// Each lookup timed by itself; what the clock costs is taken off.
void find_browsing_mix_median(benchmark::State& state)
{
    using Clock = std::chrono::steady_clock;
    Fixture const& made = fixture();
    policy::ListHits hits;
    std::vector<double> lookups, nothing;
    auto const first = ticks();
    auto const begun = Clock::now();
    for ([[maybe_unused]] auto _ : state) {
        for (Host const& host : made.browsing) {
            auto const begin = ticks();
            made.set.find(host, "/a/path?x=1", hits);
            auto const end = ticks();
            lookups.push_back(static_cast<double>(end - begin));
            nothing.push_back(static_cast<double>(ticks() - end));
        }
    }
    auto const took = std::chrono::duration<double, std::nano>(Clock::now() - begun).count();
    state.counters["median_ns"] = (median(lookups) - median(nothing)) * took / static_cast<double>(ticks() - first);
}
BENCHMARK(find_browsing_mix_median)->Unit(benchmark::kMillisecond);

class TemporaryFolder {
public:
    TemporaryFolder()
    {
        if (::mkdtemp(path_.data()) == nullptr)
            std::abort();
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    std::string const& path() const { return path_; }

private:
    std::string path_ = (std::filesystem::temp_directory_path() / "gatehouse-bench-XXXXXX").string();
};

lists::CompileOptions options_for_names(TemporaryFolder const& folder)
{
    policy::ListInfo info;
    info.id = "names";
    info.path = folder.path() + "/names.txt";
    lists::replace_file(info.path, fixture().text).value();
    return {.lists = {info}, .config_folder = "/", .state_folder = folder.path()};
}

/// Source file to image on disk, the good copy kept as well.
void compile(benchmark::State& state)
{
    TemporaryFolder const folder;
    auto const options = options_for_names(folder);
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(lists::compile_lists(options));
    state.counters["names"] = static_cast<double>(fixture().set.name_count());
    peak_memory(state);
}
BENCHMARK(compile)->Unit(benchmark::kMillisecond)->Iterations(1);

/// Maps and checks a compiled image.
void open_image(benchmark::State& state)
{
    TemporaryFolder const folder;
    lists::compile_lists(options_for_names(folder));
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(lists::MappedImage::open(folder.path() + "/lists.image").value());
}
BENCHMARK(open_image)->Unit(benchmark::kMillisecond);

/// Source to image on disk, all categories, first compilation (copies are written as well).
void compile_collection(benchmark::State& state)
{
    char const* const path = std::getenv("GATEHOUSE_COLLECTION");
    if (path == nullptr) {
        state.SkipWithError("set GATEHOUSE_COLLECTION to a squidGuard archive");
        return;
    }
    TemporaryFolder const folder;
    lists::CompileCommand command{
        .options = {.lists = {}, .config_folder = "/", .state_folder = folder.path()}, .whole_source = path};
    std::ostringstream out;
    for ([[maybe_unused]] auto _ : state)
        lists::lists_compile(command, out);
    state.counters["image_bytes"] = static_cast<double>(std::filesystem::file_size(folder.path() + "/lists.image"));
    peak_memory(state);
    if (std::getenv("GATEHOUSE_REPORT") != nullptr)
        std::cout << out.str();
}
BENCHMARK(compile_collection)->Unit(benchmark::kMillisecond)->Iterations(1);

} // namespace
} // namespace gatehouse

BENCHMARK_MAIN();

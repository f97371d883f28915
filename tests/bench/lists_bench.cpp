// What lists cost: reading, encoding, checking, and one lookup. Names come from the file GATEHOUSE_NAMES, or are made up
// (GATEHOUSE_COUNT of them, one million if not set). GATEHOUSE_COLLECTION names a squidGuard archive to compile whole.

#include "policy/domain_set.hpp"
#include "policy/list_source.hpp"
#include "tools/lists/commands.hpp"
#include "tools/lists/files.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>

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

/// Everything the benchmarks share; built once.
struct Fixture {
    std::string text;
    std::vector<policy::ListFile> files;
    std::vector<std::byte> image;
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
        set = policy::DomainSet(image);
        std::mt19937 random(3);
        for (std::size_t i = 0; i < (1U << 18); ++i) {
            auto const& name = files[0].entries[random() % files[0].entries.size()].host;
            bool const is_deeper = i % 2 == 0 && !policy::layout::is_address_text(name);
            listed.push_back(Host::parse((is_deeper ? "www." : "") + name).value());
            unlisted.push_back(Host::parse("www.q" + std::to_string(random()) + "-x.example.com").value());
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
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(policy::read_list(policy::ListFormat::domains, fixture().text));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(fixture().files[0].entries.size()));
}
BENCHMARK(read)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state)
{
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(policy::encode_list_image(fixture().files, 99));
    auto const names = static_cast<double>(fixture().set.name_count());
    auto const view = policy::layout::read_header(fixture().image);
    state.counters["names"] = names;
    state.counters["image_bytes_a_name"] = static_cast<double>(fixture().image.size()) / names;
    state.counters["hot_bytes_a_name"] = static_cast<double>(view.section_bytes(policy::layout::buckets)) / names;
    peak_memory(state);
}
BENCHMARK(encode)->Unit(benchmark::kMillisecond);

void verify(benchmark::State& state)
{
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(policy::verify_list_image(fixture().image));
}
BENCHMARK(verify)->Unit(benchmark::kMillisecond);

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

/// Source to image on disk, all categories, first compilation (copies are written as well).
void compile_collection(benchmark::State& state)
{
    char const* const path = std::getenv("GATEHOUSE_COLLECTION");
    if (path == nullptr) {
        state.SkipWithError("set GATEHOUSE_COLLECTION to a squidGuard archive");
        return;
    }
    std::string folder = (std::filesystem::temp_directory_path() / "gatehouse-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        state.SkipWithError("no temporary folder");
        return;
    }
    lists::CompileCommand command{.options = {.lists = {}, .config_folder = "/", .state_folder = folder}, .whole_source = path};
    std::ostringstream out;
    for ([[maybe_unused]] auto _ : state)
        lists::lists_compile(command, out);
    state.counters["image_bytes"] = static_cast<double>(std::filesystem::file_size(folder + "/lists.image"));
    peak_memory(state);
    if (std::getenv("GATEHOUSE_REPORT") != nullptr)
        std::cout << out.str();
    std::filesystem::remove_all(folder);
}
BENCHMARK(compile_collection)->Unit(benchmark::kMillisecond)->Iterations(1);

} // namespace
} // namespace gatehouse

BENCHMARK_MAIN();

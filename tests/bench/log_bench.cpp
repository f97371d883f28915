// What a row of the access log costs the worker (ring), the writer (three sinks), and how long a first page of a search takes
// on day files of a million rows. Usage: log_bench [google-benchmark options]; GATEHOUSE_BENCH_ROWS and _DAYS change the search's files.

#include "proxy/clock.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/log/replay.hpp"
#include "proxy/log/search.hpp"
#include "proxy/log/traffic_report.hpp"
#include "proxy/policy_loader.hpp"
#include "tools/lists/compile.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <random>
#include <string>

namespace {

using namespace gatehouse;
using namespace gatehouse::log;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

auto const first_day = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23};

/// A school's traffic: a thousand people, five thousand hosts of uneven popularity, five in a hundred rows blocked.
class Rows {
public:
    AccessRecord next(std::chrono::system_clock::time_point at)
    {
        auto const person = random_() % 1000;
        auto const rank = std::min<std::uint32_t>(4999, static_cast<std::uint32_t>(5000 * std::pow(unit_(random_), 3)));
        bool const blocked = random_() % 20 == 0;
        user_ = fmt::format("user{}", person);
        host_ = fmt::format("www{}.site{}.example", rank % 7, rank / 3);
        path_ = fmt::format("/articles/{}/page-{}.html", random_() % 100000, rank);
        decision_ = fmt::format("{:016x}", random_());
        AccessRecord record;
        record.at = at;
        record.elapsed = std::chrono::microseconds{random_() % 900000};
        record.decision_id = decision_;
        record.client = policy::IpAddress::from_v4(0x0a000000 + static_cast<std::uint32_t>(person));
        record.user = user_;
        record.role = person < 80 ? "staff" : "pupil";
        record.group = "year-9";
        record.network = person % 2 ? "wifi" : "wired";
        record.method = "GET";
        record.scheme = "https";
        record.host = host_;
        record.port = 443;
        record.path = path_;
        record.content_type = "text/html";
        record.user_agent = "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36";
        record.status = blocked ? 403 : 200;
        record.bytes_to_client = 20000;
        record.code = blocked ? ResultCode::tcp_denied : ResultCode::tcp_miss;
        record.upstream = policy::IpAddress::from_v4(0x5db80000 + rank);
        record.verdict = blocked ? policy::Verdict::block : policy::Verdict::allow;
        record.stage = blocked ? "rule" : "default";
        record.rule = blocked ? (rank % 10 == 0 ? "blocked-games" : "blocked-social-media") : "default-pupil";
        record.category = blocked ? "social-media" : "";
        record.period = "lesson-2";
        return record;
    }

private:
    std::mt19937_64 random_{42};
    std::uniform_real_distribution<> unit_{0, 1};
    std::string user_, host_, path_, decision_;
};

class Folder {
public:
    Folder()
    {
        auto name = (fs::temp_directory_path() / "gatehouse-bench-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    fs::path const& path() const { return path_; }

private:
    fs::path path_;
};

std::int64_t setting(char const* name, std::int64_t standard)
{
    auto const* text = std::getenv(name);
    return text ? std::atoll(text) : standard;
}

void ring_append(benchmark::State& state)
{
    Ring ring{16 << 20};
    Rows traffic;
    auto const record = traffic.next(first_day);
    std::vector<AccessRecord> rows;
    for (auto _ : state) {
        if (ring.append(record))
            continue;
        state.PauseTiming();
        rows.clear();
        ring.read(rows, std::numeric_limits<std::size_t>::max());
        ring.release();
        state.ResumeTiming();
    }
}
BENCHMARK(ring_append);

Options bench_options(fs::path const& dir)
{
    Options options;
    options.log_dir = dir;
    options.ring_size = 64 << 20;
    options.days = 0;
    return options;
}

/// What the writer thread spends on rows of a day that has begun: people and hosts are known. Sinks: 1 Squid, 2 ECS, 4 day file.
void writer_rows(benchmark::State& state)
{
    constexpr int rows = 100000;
    Folder const folder;
    auto options = bench_options(folder.path());
    options.squid = state.range(0) & 1;
    options.ecs = state.range(0) & 2;
    options.store = state.range(0) & 4;
    options.interval = std::chrono::hours{1}; // the writer sleeps until flush(), so that appending is not measured
    AccessLog log{std::move(options)};
    log.start();
    Rows traffic;
    auto at = std::chrono::system_clock::time_point{first_day};
    auto const append = [&] {
        for (int i = 0; i < rows; ++i)
            log.ring_for_worker(0).append(traffic.next(at += 100us));
    };
    append();
    log.flush();
    for (auto _ : state) {
        state.PauseTiming();
        append();
        state.ResumeTiming();
        log.flush();
    }
    if (log.counters().dropped + log.counters().store_lost != 0)
        state.SkipWithError("rows were lost");
    state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(writer_rows)->Arg(1)->Arg(2)->Arg(4)->Arg(7)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->Iterations(5);

/// Day files that all search benchmarks share.
fs::path const& searched_folder()
{
    static Folder const folder;
    static bool const made = [] {
        auto const rows = setting("GATEHOUSE_BENCH_ROWS", 1000000);
        Rows traffic;
        for (std::int64_t day = 0; day < setting("GATEHOUSE_BENCH_DAYS", 1); ++day) {
            auto options = bench_options(folder.path());
            options.squid = options.ecs = false;
            AccessLog log{std::move(options)};
            log.start();
            for (std::int64_t row = 0; row < rows; ++row) {
                auto const at = first_day + std::chrono::days{day} + std::chrono::microseconds{row * 86'000'000'000 / rows};
                if (row % 20000 == 0)
                    log.flush();
                log.ring_for_worker(0).append(traffic.next(at));
            }
        }
        return true;
    }();
    benchmark::DoNotOptimize(made);
    return folder.path();
}

SearchQuery random_query(std::mt19937& random)
{
    SearchQuery query;
    auto const number = random() % 1000;
    switch (random() % 10) {
    case 0: break;
    case 1: query.person = fmt::format("user{}", number); break;
    case 2: query.host = fmt::format("site{}.example", number); break;
    case 3: query.host = "example"; break;
    case 4: query.rule = number % 2 ? "blocked-games" : "default-pupil"; break;
    case 5: query.verdict = policy::Verdict::block; break;
    case 6:
        query.person = fmt::format("user{}", number);
        query.verdict = policy::Verdict::block;
        break;
    case 7: query.client = fmt::format("10.0.{}.{}", number / 256, number % 256); break;
    case 8:
        query.from = first_day + 9h;
        query.to = first_day + 10h;
        query.category = "social-media";
        break;
    default: query.person = "nobody"; break;
    }
    return query;
}

void report_search(benchmark::State& state, std::function<SearchQuery(std::mt19937&)> const& make_query)
{
    auto const& folder = searched_folder();
    std::mt19937 random{7};
    std::vector<double> milliseconds;
    for (auto _ : state) {
        auto const query = make_query(random);
        auto const start = std::chrono::steady_clock::now();
        auto page = search(folder, query);
        benchmark::DoNotOptimize(page);
        milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    state.counters["p95_ms"] = milliseconds[milliseconds.size() * 95 / 100];
    state.counters["max_ms"] = milliseconds.back();
}

void search_first_page(benchmark::State& state)
{
    report_search(state, random_query);
}
BENCHMARK(search_first_page)->Iterations(400)->Unit(benchmark::kMillisecond)->UseRealTime();

/// The slowest kind: text that no row holds, so that every row is looked at.
void search_text_not_there(benchmark::State& state)
{
    report_search(state, [](std::mt19937& random) {
        SearchQuery query;
        query.text = fmt::format("nowhere{}", random());
        return query;
    });
}
BENCHMARK(search_text_not_there)->Iterations(5)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Every row of those days counted by hour, site, category, role and group.
void count_traffic(benchmark::State& state)
{
    auto const days = setting("GATEHOUSE_BENCH_DAYS", 1);
    auto const& folder = searched_folder();
    for (auto _ : state) {
        auto const report = report_traffic(folder, {first_day, first_day + std::chrono::days{days}, 10min});
        state.counters["rows"] = static_cast<double>(report->all.requests);
    }
}
BENCHMARK(count_traffic)->Iterations(3)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Every row of those days decided by two policies of the configuration in GATEHOUSE_BENCH_CONFIG, the second with 20 more sites closed.
void replay_rows(benchmark::State& state)
{
    auto const* const dir = std::getenv("GATEHOUSE_BENCH_CONFIG");
    if (dir == nullptr)
        return state.SkipWithError("GATEHOUSE_BENCH_CONFIG names no configuration");
    auto const loaded = load_settings(dir);
    auto const before = load_policy(loaded.settings);
    auto after = load_policy(loaded.settings);
    if (!before.ok() || !after.ok())
        return state.SkipWithError("the configuration cannot be loaded");
    std::vector<policy::ListEntry> closed;
    for (int i = 0; i < 20; ++i) {
        closed.emplace_back();
        closed.back().host = fmt::format("site{}.example", i);
    }
    std::vector<policy::ListFile> const files{{"school-block", "draft", std::move(closed)}};
    auto const image = lists::compile_entries(files);
    after.policy.attach(image.owner, image.bytes());
    Clock const clock{loaded.settings.time_zone};
    ReplayRange range;
    range.from = first_day;
    range.to = first_day + std::chrono::days{setting("GATEHOUSE_BENCH_DAYS", 1)};
    range.budget = 10min;
    auto const& folder = searched_folder();
    for (auto _ : state) {
        auto const report
            = replay(folder, range, before.policy, after.policy, [&](auto instant) { return clock.moment_of(instant); });
        state.counters["rows"] = static_cast<double>(report->rows);
        state.counters["changed"] = static_cast<double>(report->changed.all());
    }
}
BENCHMARK(replay_rows)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

BENCHMARK_MAIN();

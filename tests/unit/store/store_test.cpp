#include "proxy/store/call_within.hpp"

#include "tests/unit/store/school.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <barrier>
#include <csignal>
#include <cstring>
#include <fstream>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace gatehouse::store::test {
namespace asio = boost::asio;

struct Stores : testing::Test {
    TemporaryFolder folder;
    asio::io_context context; ///< before the store, whose thread may still be inside its post() when the answer is here
    std::unique_ptr<Store> store;

    void open(std::size_t queue = 1024)
    {
        store.reset();
        auto opened = Store::open({{folder.path(), {}}, queue, {1, 8192}});
        ASSERT_TRUE(opened) << opened.error().message();
        store = std::move(*opened);
    }
};

result<std::thread::id> thread_of(Ledger&)
{
    return std::this_thread::get_id();
}

asio::awaitable<bool> comes_back_home(Store& store)
{
    auto const home = std::this_thread::get_id();
    auto const there = co_await store.call(thread_of);
    co_return there&&* there != home&& std::this_thread::get_id() == home;
}

TEST_F(Stores, RunWorkOnTheirThreadAndComeBack)
{
    open();
    auto done = asio::co_spawn(context, comes_back_home(*store), asio::use_future);
    context.run();
    EXPECT_TRUE(done.get());
    EXPECT_NE(*store->run(thread_of), std::this_thread::get_id());
}

struct Waited {
    error_code failure;
    std::chrono::steady_clock::duration time{};
};

asio::awaitable<Waited> ask_within(Store& store, std::chrono::milliseconds patience)
{
    auto const begin = std::chrono::steady_clock::now();
    auto const there = co_await call_within(store, patience, thread_of);
    co_return Waited{there ? error_code{} : there.error(), std::chrono::steady_clock::now() - begin};
}

TEST_F(Stores, ThatHangKeepNobodyWhoWaitsOnlySoLong)
{
    open();
    std::promise<void> goes_on;
    ASSERT_TRUE(store->post(Job{[&](Ledger&) { goes_on.get_future().wait(); }}));
    auto hung = asio::co_spawn(context, ask_within(*store, std::chrono::milliseconds{50}), asio::use_future);
    context.run();
    auto const waited = hung.get();
    EXPECT_EQ(waited.failure, errc::busy);
    EXPECT_GE(waited.time, std::chrono::milliseconds{50});
    goes_on.set_value();
    context.restart();
    auto well = asio::co_spawn(context, ask_within(*store, std::chrono::minutes{5}), asio::use_future);
    context.run(); // the late answer comes here too, and meets nobody
    auto const answered = well.get();
    EXPECT_FALSE(answered.failure) << answered.failure.message();
    EXPECT_LT(answered.time, std::chrono::minutes{1});
    store->close();
    auto closed = asio::co_spawn(context, ask_within(*store, std::chrono::minutes{5}), asio::use_future);
    context.restart();
    context.run();
    EXPECT_EQ(closed.get().failure, errc::closed);
}

/// An answer with the job that owes it, and nobody who waits.
struct OwedAnswers : Stores {
    using Answer = detail::Answer<result<std::thread::id>>;
    std::weak_ptr<Answer> left;

    Job make_job()
    {
        auto const answer = std::make_shared<Answer>(asio::steady_timer{context});
        left = answer;
        return detail::job_for(answer, context.get_executor(), thread_of);
    }
};

TEST_F(OwedAnswers, EndWhereTheyWereAskedForAlsoWhileTheJobIsThere)
{
    auto job = make_job();
    std::thread{[&] { job.refuse(); }}.join();
    EXPECT_FALSE(left.expired());
    EXPECT_EQ(context.poll(), 1U);
    EXPECT_TRUE(left.expired()) << "the closure that was not called holds nothing that ends on the store's thread";
    open();
    auto done = std::make_shared<Job>(make_job());
    ASSERT_FALSE(store->run([&](Ledger& ledger) { return (*done)(ledger), result<void>{}; }).has_error());
    EXPECT_FALSE(left.expired());
    context.restart();
    EXPECT_EQ(context.poll(), 1U);
    EXPECT_TRUE(left.expired());
}

TEST_F(OwedAnswers, EndThereAlsoIfTheJobIsNeverDone)
{
    auto job = std::make_unique<Job>(make_job());
    std::thread{[&] { job.reset(); }}.join();
    EXPECT_FALSE(left.expired()) << "the thread that drops the job ends nothing";
    EXPECT_EQ(context.poll(), 1U);
    EXPECT_TRUE(left.expired());
}

asio::awaitable<error_code> refused_with(Store& store)
{
    auto const outcome = co_await store.call(thread_of);
    co_return outcome ? error_code{} : outcome.error();
}

TEST_F(Stores, RefuseWhatDoesNotFitAndLoseNothing)
{
    open(8);
    std::promise<void> gate, entered;
    auto opened = gate.get_future();
    int done = 0;
    ASSERT_TRUE(store->post(Job{[&](Ledger&) { entered.set_value(), opened.wait(); }}));
    entered.get_future().wait();
    for (int i = 0; i < 8; ++i)
        EXPECT_TRUE(store->post(Job{[&](Ledger&) { ++done; }}));
    EXPECT_FALSE(store->post(Job{[&](Ledger&) { ++done; }}));
    auto refused = asio::co_spawn(context, refused_with(*store), asio::use_future);
    context.run();
    EXPECT_EQ(refused.get(), make_error_code(errc::busy));
    EXPECT_FAILS(store->run(thread_of), errc::busy);
    EXPECT_EQ(store->refused_jobs(), 3u);
    EXPECT_EQ(store->waiting_jobs(), 8u);
    gate.set_value();
    store->close();
    EXPECT_EQ(done, 8);
    EXPECT_FAILS(store->run(thread_of), errc::closed);
    store->close();
}

/// A request that waits for the headteacher, and two of them.
struct Race {
    RequestId request{};
    AccountId first{}, second{}, officer{};
};

result<Race> prepare(Ledger& ledger, std::string const& host)
{
    auto const account = [&](std::string const& login, ConsoleRole role) {
        if (auto const found = find_account(ledger, login))
            return found->id;
        NewAccount fresh;
        fresh.login = login;
        fresh.console_role = role;
        auto const added = add_account(ledger, fresh, PasswordHash{"x"}, owner(), tuesday);
        return added ? added->id : AccountId::none;
    };
    Race race{{}, account("one", ConsoleRole::headteacher), account("two", ConsoleRole::headteacher),
        account("three", ConsoleRole::officer)};
    NewRequest request;
    request.url = host;
    request.why = "Please.";
    auto const asked = submit_request(ledger, request, tuesday);
    if (!asked)
        return asked.error();
    race.request = asked->id;
    Recommendation terms;
    terms.text = "Fine.";
    terms.scope = Scope::everyone;
    terms.host = host;
    terms.from = tuesday;
    terms.until = tuesday + default_override;
    auto const done = recommend_request(ledger, {race.request, 1, as(race.officer), tuesday}, terms);
    if (!done)
        return done.error();
    return race;
}

/// Both act on what they saw at the same instant, each through `run_one` or `run_two`.
template <class One, class Two>
std::pair<error_code, error_code> collide(One one, Two two)
{
    std::barrier start{2};
    std::pair<error_code, error_code> outcome;
    auto const act = [&start](auto& work, error_code& into) {
        start.arrive_and_wait();
        auto const done = work();
        into = done ? error_code{} : done.error();
    };
    std::thread other{[&] { act(two, outcome.second); }};
    act(one, outcome.first);
    other.join();
    return outcome;
}

TEST_F(Stores, LetExactlyOneOfTwoApproversSucceed)
{
    open();
    for (int round = 0; round < 20; ++round) {
        auto const host = "race" + std::to_string(round) + ".example";
        auto const race = store->run([&](Ledger& ledger) { return prepare(ledger, host); });
        ASSERT_TRUE(race) << race.error().message();
        auto const approve = [&] {
            return store->run([&](Ledger& l) {
                return approve_request(l, {race->request, 2, as(race->first), tuesday}, "Yes.");
            });
        };
        auto const refuse = [&] {
            return store->run([&](Ledger& l) { return refuse_request(l, {race->request, 2, as(race->second), tuesday}, "No."); });
        };
        auto const [one, two] = collide(approve, refuse);
        EXPECT_NE(!one, !two);
        EXPECT_EQ(one ? one : two, make_error_code(errc::stale));
        auto const request = store->run([&](Ledger& l) { return find_request(l, race->request); });
        EXPECT_EQ(request->state, one ? RequestState::refused : RequestState::approved);
        EXPECT_EQ(request->override_id.has_value(), !one);
    }
}

TEST_F(Stores, LetExactlyOneOfTwoProcessesSucceed)
{
    // Two ledgers stand for two programs with the same files; SQLite's lock is all they share.
    auto one = Ledger::open({folder.path(), {}});
    auto two = Ledger::open({folder.path(), {}});
    ASSERT_TRUE(one && two);
    for (int round = 0; round < 20; ++round) {
        auto const race = prepare(*one, "race" + std::to_string(round) + ".example");
        ASSERT_TRUE(race) << race.error().message();
        auto const [first, second] = collide(
            [&] {
                return approve_request(*one, {race->request, 2, as(race->first), tuesday}, "Yes.");
            },
            [&] {
                return approve_request(*two, {race->request, 2, as(race->second), tuesday}, "Yes.");
            });
        EXPECT_NE(!first, !second);
        EXPECT_EQ(first ? first : second, make_error_code(errc::stale));
    }
    EXPECT_EQ(current_overrides(*one, tuesday)->size(), 20u);
    auto const chain = verify_audit(*two);
    EXPECT_TRUE(chain->intact) << chain->problem;
}

/// Rounds of the kill test; more with GATEHOUSE_KILL_ROUNDS.
int kill_rounds()
{
    char const* const text = std::getenv("GATEHOUSE_KILL_ROUNDS");
    return text == nullptr ? 20 : std::atoi(text);
}

/// One acknowledged write of the child; false ends it.
using Write = bool (*)(Store& store, std::int64_t number);

bool submit_one(Store& store, std::int64_t number)
{
    auto const write = [number](Ledger& ledger) {
        NewRequest request;
        request.url = "host" + std::to_string(number) + ".example";
        request.why = "Please.";
        return submit_request(ledger, request, tuesday);
    };
    return !store.run(write).has_error();
}

/// From the ask to the headteacher's yes, each step a transaction of its own.
bool approve_one(Store& store, std::int64_t number)
{
    auto const host = "host" + std::to_string(number) + ".example";
    auto const race = store.run([&](Ledger& ledger) { return prepare(ledger, host); });
    if (!race)
        return false;
    auto const approved = store.run([&](Ledger& ledger) {
        return approve_request(ledger, {race->request, 2, as(race->first), tuesday}, "Yes.");
    });
    return !approved.has_error();
}

/// In the child: writes through the store as fast as it goes and says each acknowledged one down the pipe. Never returns.
[[noreturn]] void write_until_killed(std::filesystem::path const& folder, int pipe, std::int64_t start, Write write)
{
    auto opened = Store::open({{folder, {}}, 64, {1, 8192}});
    if (!opened)
        ::_exit(2);
    for (std::int64_t i = start;; ++i)
        if (!write(**opened, i) || ::write(pipe, &i, sizeof i) != sizeof i)
            ::_exit(3);
}

/// Starts a writer, kills it in the middle of what follows its `patience`th acknowledged write, and answers the last one it had acknowledged.
std::int64_t kill_a_writer(std::filesystem::path const& folder, int patience, std::int64_t start, Write write)
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        return -1;
    pid_t const child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(folder, ends[1], start, write);
    }
    ::close(ends[1]);
    std::int64_t last = start - 1, read = 0;
    for (int i = 0; i < patience && ::read(ends[0], &read, sizeof read) == sizeof read; ++i)
        last = read;
    ::kill(child, SIGKILL);
    while (::read(ends[0], &read, sizeof read) == sizeof read)
        last = read;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    return last;
}

TEST_F(Stores, KeepEveryAcknowledgedWriteWhenKilled)
{
    std::mt19937 random{20261124};
    std::uniform_int_distribution<int> patience{1, 60};
    std::int64_t next = 0;
    for (int round = 0; round < kill_rounds(); ++round) {
        auto const last = kill_a_writer(folder.path(), patience(random), next, submit_one);
        auto ledger = Ledger::open({folder.path(), {}}); // checks the integrity
        ASSERT_TRUE(ledger) << ledger.error().message();
        auto const chain = verify_audit(*ledger);
        ASSERT_TRUE(chain);
        EXPECT_TRUE(chain->intact) << "round " << round << ": " << chain->problem;
        EXPECT_TRUE(ledger->audit_agrees());
        auto const kept = ledger->database().first(
            "SELECT count(*) FROM unblock_requests", [](Statement const& row) { return row.integer(0); });
        // All that were acknowledged, and at most the one in flight.
        EXPECT_GE(**kept, last + 1);
        EXPECT_LE(**kept, last + 2);
        EXPECT_EQ(chain->rows, **kept);
        next = **kept;
    }
}

TEST_F(Stores, KeepEveryAcknowledgedApprovalWhenKilled)
{
    std::mt19937 random{20261129};
    std::uniform_int_distribution<int> patience{1, 8};
    std::int64_t next = 0, acknowledged = 0;
    for (int round = 0; round < kill_rounds(); ++round) {
        auto const last = kill_a_writer(folder.path(), patience(random), next, approve_one);
        acknowledged += last + 1 - next;
        auto ledger = Ledger::open({folder.path(), {}}); // checks the integrity
        ASSERT_TRUE(ledger) << ledger.error().message();
        auto const chain = verify_audit(*ledger);
        ASSERT_TRUE(chain);
        EXPECT_TRUE(chain->intact) << "round " << round << ": " << chain->problem;
        auto const count = [&](char const* sql) {
            return **ledger->database().first(sql, [](Statement const& row) { return row.integer(0); });
        };
        auto const approved = count("SELECT count(*) FROM unblock_requests WHERE state = 2");
        EXPECT_GE(approved, acknowledged) << "round " << round;
        EXPECT_LE(approved, acknowledged + 1) << "round " << round;
        EXPECT_EQ(count("SELECT count(*) FROM overrides"), approved) << "an approval has its grant, and no grant is without one";
        EXPECT_EQ(count("SELECT count(*) FROM audit WHERE action = 'unblock.approve'"), approved);
        acknowledged = approved;
        next = last + 2; // a name that nobody has asked for yet
    }
}

/// In the child: fills the disk up to a limit, then goes on when there is room again. Answers through its exit status.
[[noreturn]] void write_on_a_full_disk(std::filesystem::path const& folder)
{
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = Ledger::open({folder, {}});
    if (!opened)
        ::_exit(10);
    auto& ledger = *opened;
    auto const begun = std::filesystem::file_size(folder / "gatehouse.db-wal"); // the empty tables
    rlimit const tight{begun + 400 * 1024, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &tight) != 0)
        ::_exit(11);
    std::int64_t kept = 0;
    result<void> outcome;
    for (; outcome && kept < 10000; kept += outcome ? 1 : 0)
        outcome = record_event(ledger, owner(), "test", "", std::string(1000, 'x'), tuesday);
    if (outcome || outcome.error() != errc::full || kept == 0)
        ::_exit(12);
    rlimit const roomy{RLIM_INFINITY, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &roomy) != 0)
        ::_exit(13);
    if (!record_event(ledger, owner(), "test", "", "room again", tuesday))
        ::_exit(14);
    auto const chain = verify_audit(ledger);
    ::_exit(chain && chain->intact && chain->rows == kept + 1 ? 0 : 15);
}

TEST_F(Stores, SayThatTheDiskIsFullAndGoOnWhenThereIsRoom)
{
    pid_t const child = ::fork();
    if (child == 0)
        write_on_a_full_disk(folder.path());
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    auto ledger = Ledger::open({folder.path(), {}});
    ASSERT_TRUE(ledger) << ledger.error().message();
    EXPECT_TRUE(verify_audit(*ledger)->intact);
}

/// Files that go or change under a store that runs. One account is made before; what is left of it afterwards is the question.
struct StoreFiles : Stores {
    void SetUp() override
    {
        open();
        auto const made = store->run([](Ledger& ledger) { return record_event(ledger, {}, "test.before", "", "", tuesday); });
        ASSERT_TRUE(made);
    }
    std::int64_t rows()
    {
        auto const found = store->run([](Ledger& ledger) { return list_audit(ledger, {}); });
        return found ? static_cast<std::int64_t>(found->size()) : -1;
    }
    std::string last_action()
    {
        auto const found = store->run([](Ledger& ledger) { return list_audit(ledger, {}); });
        return found && !found->empty() ? found->front().action : "";
    }
    /// A job, after which the store looks at its file, and another that waits until it has.
    void look()
    {
        for (int i = 0; i < 2; ++i)
            ASSERT_TRUE(store->run([](Ledger&) -> result<int> { return 0; }));
    }
    std::filesystem::path file() const { return folder.path() / "gatehouse.db"; }
};

TEST_F(StoreFiles, LoseNothingWhenDeletedWhileOpen)
{
    for (auto const* const name : {"gatehouse.db", "gatehouse.db-wal", "gatehouse.db-shm"})
        std::filesystem::remove(folder.path() / name);
    look();
    EXPECT_EQ(last_action(), "store.rescued");
    EXPECT_EQ(rows(), 2);
    store->close();
    auto ledger = Ledger::open({folder.path(), {}});
    ASSERT_TRUE(ledger) << ledger.error().message();
    EXPECT_TRUE(verify_audit(*ledger)->intact);
    EXPECT_EQ(list_audit(*ledger, {})->size(), 2U);
}

TEST_F(StoreFiles, KeepTheirJournalWhenAnotherProcessLooksIn)
{
    auto const look_in = [&] { // as `gatehouse explain`, a backup or sqlite3 do: opened, read, closed
        auto const command
            = "sqlite3 '" + file().string() + "' 'SELECT count(*) FROM audit' > '" + (folder.path() / "seen").string() + "'";
        EXPECT_EQ(std::system(command.c_str()), 0);
        std::int64_t seen = 0;
        std::ifstream{folder.path() / "seen"} >> seen;
        return seen;
    };
    look();
    EXPECT_EQ(look_in(), 1);
    for (std::int64_t count = 2; count <= 4; ++count) {
        ASSERT_TRUE(store->run([](Ledger& ledger) { return record_event(ledger, {}, "test.after", "", "", tuesday); }));
        look();
        EXPECT_TRUE(std::filesystem::exists(file().string() + "-wal"));
        EXPECT_EQ(look_in(), count) << "what the store acknowledged is in the file that others see";
    }
}

TEST_F(StoreFiles, LoseNothingWhenAnotherFileTakesTheirPlace)
{
    std::filesystem::remove(file());
    std::ofstream{file()} << std::string(100'000, 'x');
    look();
    EXPECT_EQ(last_action(), "store.rescued");
    EXPECT_EQ(rows(), 2);
    bool kept = false;
    for (auto const& each : std::filesystem::directory_iterator{folder.path()})
        kept = kept || each.path().filename().string().starts_with("gatehouse.db.damaged-");
    EXPECT_TRUE(kept) << "what lay there is evidence";
}

TEST_F(StoreFiles, LeaveNobodyWaitingWhenNoneCanBeHadAtTheEnd)
{
    std::promise<void> entered, go_on;
    auto const opened = go_on.get_future();
    ASSERT_TRUE(store->post(Job{[&](Ledger&) { entered.set_value(), opened.wait(); }}));
    entered.get_future().wait(); // so that the look at the file after an earlier job is over
    std::filesystem::remove(folder.path() / "audit.key");
    std::filesystem::create_directory(folder.path() / "audit.key");
    std::filesystem::remove(file());
    auto const rows_of = [](Ledger& ledger) { return list_audit(ledger, {}); };
    auto waiting = std::async(std::launch::async, [&] { return store->run(rows_of); });
    auto calling = asio::co_spawn(context, store->call(rows_of), asio::use_future);
    context.poll();
    while (store->waiting_jobs() < 2)
        std::this_thread::yield();
    go_on.set_value();
    store->close();
    EXPECT_EQ(waiting.get().error(), errc::closed);
    context.restart();
    context.run();
    EXPECT_EQ(calling.get().error(), errc::closed);
}

TEST_F(StoreFiles, GoOnWhenOverwrittenInPlace)
{
    {
        std::fstream garbage{file(), std::ios::in | std::ios::out | std::ios::binary};
        garbage << std::string(std::filesystem::file_size(file()), 'x');
    }
    look();
    auto const action = last_action();
    EXPECT_TRUE(action == "store.rescued" || action == "store.begun-anew") << action;
    auto const written = store->run([](Ledger& ledger) { return record_event(ledger, {}, "test.after", "", "", tuesday); });
    EXPECT_TRUE(written);
    // Either all rows are there or the signed head says that some are missing.
    auto const verified = store->run([](Ledger& ledger) { return verify_audit(ledger); });
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->intact, action == "store.rescued");
}

} // namespace gatehouse::store::test

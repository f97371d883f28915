#include "proxy/log/ring.hpp"

#include "sample.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace gatehouse::log {
namespace {

constexpr std::size_t smallest = 128 * 1024;

TEST(Ring, GivesBackEveryFieldOfARecord)
{
    Ring ring{smallest};
    auto record = blocked_record();
    record.signals.add(policy::Signal::odd_port);
    record.tls = policy::TlsAction::terminate;
    record.sni = "other.example";
    record.refusal = "r";
    ASSERT_TRUE(ring.append(record));
    std::vector<AccessRecord> rows;
    ASSERT_EQ(ring.read(rows, 10), 1U);
    auto const& row = rows.front();
    EXPECT_EQ(row.at, record.at);
    EXPECT_EQ(row.elapsed, record.elapsed);
    EXPECT_EQ(row.client, record.client);
    EXPECT_EQ(row.upstream, record.upstream);
    EXPECT_EQ(row.user, record.user);
    EXPECT_EQ(row.host, record.host);
    EXPECT_EQ(row.sni, record.sni);
    EXPECT_EQ(row.period, record.period);
    EXPECT_EQ(row.refusal, record.refusal);
    EXPECT_EQ(row.signals, record.signals);
    EXPECT_EQ(row.status, record.status);
    EXPECT_EQ(row.port, record.port);
    EXPECT_EQ(row.list_line, record.list_line);
    EXPECT_EQ(row.bytes_to_client, record.bytes_to_client);
    EXPECT_EQ(row.verdict, record.verdict);
    EXPECT_EQ(row.tls, record.tls);
    EXPECT_EQ(row.code, record.code);
    EXPECT_EQ(row.confidence, record.confidence);
}

TEST(Ring, CutsTextsThatAreTooLong)
{
    Ring ring{smallest};
    auto record = sample_record();
    std::string const long_text(100000, 'x');
    record.path = long_text;
    record.user_agent = long_text;
    ASSERT_TRUE(ring.append(record));
    std::vector<AccessRecord> rows;
    ring.read(rows, 1);
    EXPECT_EQ(rows[0].path.size(), max_path_size);
    EXPECT_EQ(rows[0].user_agent.size(), max_field_size);
    EXPECT_EQ(rows[0].rule, "staff-web");
}

TEST(Ring, DropsAndCountsWhenFullAndGoesOnWhenEmptied)
{
    Ring ring{smallest};
    std::size_t kept = 0;
    while (ring.append(sample_record()))
        ++kept;
    EXPECT_FALSE(ring.append(sample_record()));
    EXPECT_EQ(ring.dropped(), 2U);
    EXPECT_GT(kept, 100U);
    std::vector<AccessRecord> rows;
    EXPECT_EQ(ring.read(rows, kept + 10), kept);
    EXPECT_FALSE(ring.append(sample_record())) << "the room is the reader's until it releases it";
    ring.release();
    EXPECT_TRUE(ring.append(sample_record()));
    EXPECT_EQ(ring.dropped(), 3U);
}

/// A record made from its number alone, so that the reader can tell what it must look like.
struct Numbered {
    explicit Numbered(std::uint64_t number)
        : path((number * 7919) % 3000, static_cast<char>('a' + number % 26))
    {
        record.bytes_to_client = number;
        record.path = path;
        record.host = std::string_view{path}.substr(0, number % 50);
    }
    std::string path;
    AccessRecord record;
};

TEST(Ring, LosesNothingAndMixesNothingBetweenTwoThreads)
{
    constexpr std::uint64_t count = 50000;
    Ring ring{smallest};
    std::thread producer{[&ring] {
        for (std::uint64_t number = 0; number < count; ++number) {
            Numbered const numbered{number};
            while (!ring.append(numbered.record))
                std::this_thread::yield();
        }
    }};
    std::mt19937 random{7};
    std::vector<AccessRecord> rows;
    std::uint64_t expected = 0, wrong = 0;
    while (expected < count) {
        rows.clear();
        ring.read(rows, 1 + random() % 40);
        for (auto const& row : rows) {
            Numbered const numbered{expected++};
            wrong += row.bytes_to_client != numbered.record.bytes_to_client || row.path != numbered.record.path
                || row.host != numbered.record.host;
        }
        ring.release();
    }
    producer.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(ring.used(), 0U);
}

} // namespace
} // namespace gatehouse::log

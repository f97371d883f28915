#include "proxy/log/stored_record.hpp"

#include "proxy/log/csv.hpp"
#include "sample.hpp"

#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

StoredRecord row(std::string stage)
{
    StoredRecord row;
    row.at = sample_time();
    row.stage = std::move(stage);
    row.user = "amy";
    row.scheme = "http";
    row.host = "secret.example";
    row.port = 80;
    row.upstream = address("192.0.2.77");
    for (auto const text : {&StoredRecord::path, &StoredRecord::sni, &StoredRecord::search, &StoredRecord::list,
             &StoredRecord::list_file, &StoredRecord::wrapped, &StoredRecord::category, &StoredRecord::service,
             &StoredRecord::term_list, &StoredRecord::prompt})
        row.*text = "/secret";
    return row;
}

TEST(SealedRecord, TellsWhoAndWhenAndNothingOfWhat)
{
    auto sealed = row("sealed");
    hide_sealed(sealed);
    EXPECT_EQ(sealed.url(), "sealed");
    EXPECT_EQ(sealed.user, "amy");
    auto const line = csv_row(sealed);
    for (auto const* secret : {"secret", "192.0.2.77"})
        EXPECT_EQ(line.find(secret), std::string::npos) << line;
    EXPECT_NE(line.find("\"sealed\""), std::string::npos);
}

TEST(SealedRecord, IsNoOther)
{
    auto open = row("rule");
    hide_sealed(open);
    EXPECT_EQ(open.url(), "http://secret.example/secret");
    EXPECT_EQ(open.list, "/secret");
}

} // namespace
} // namespace gatehouse::log

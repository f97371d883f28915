#include "proxy/log/stored_record.hpp"

#include "policy/list_image.hpp"
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
    hide_sealed(sealed, {});
    EXPECT_EQ(sealed.url(), "sealed");
    EXPECT_EQ(sealed.user, "amy");
    auto const line = csv_row(sealed);
    for (auto const* secret : {"secret", "192.0.2.77"})
        EXPECT_EQ(line.find(secret), std::string::npos) << line;
    EXPECT_NE(line.find("\"sealed\""), std::string::npos);
}

/// With a sealed list that names the host.
policy::Policy sealing(std::string host)
{
    policy::Policy policy;
    policy::ListInfo info;
    info.id = "illegal";
    info.sealed = true;
    policy.lists.push_back(info);
    policy::ListEntry entry;
    entry.host = std::move(host);
    std::vector<policy::ListFile> const files{{"illegal", "file", {entry}}};
    auto const image = std::make_shared<std::vector<std::byte> const>(policy::encode_list_image(files, 7));
    policy.attach(image, *image);
    return policy;
}

TEST(SealedRecord, IsAlsoOneThatWasSealedSince)
{
    for (auto const named : {&StoredRecord::host, &StoredRecord::sni, &StoredRecord::wrapped}) {
        auto later = row("rule");
        later.*named = "other.example";
        auto const policy = sealing("other.example");
        hide_sealed(later, policy);
        EXPECT_TRUE(is_sealed(later));
        EXPECT_EQ(later.url(), "sealed");
        EXPECT_EQ(csv_row(later).find("other"), std::string::npos);
        auto open = row("rule");
        hide_sealed(open, policy);
        EXPECT_FALSE(is_sealed(open));
    }
}

TEST(SealedRecord, IsNoOther)
{
    auto open = row("rule");
    hide_sealed(open, {});
    EXPECT_EQ(open.url(), "http://secret.example/secret");
    EXPECT_EQ(open.list, "/secret");
}

TEST(HiddenPerson, HasNoNameAddressOrDeviceOfTheirOwn)
{
    auto const shown = [](std::string const& device, policy::DeviceKind kind) {
        auto hidden = row("rule");
        hidden.user = "amy";
        hidden.client = policy::IpAddress::from_v4(0x0a000001U);
        hidden.device = device;
        hidden.device_kind = kind;
        std::vector<std::string> const own{"amys-tablet"};
        hide_person(hidden, "3F7A2C", own);
        EXPECT_EQ(hidden.user, "3F7A2C");
        EXPECT_EQ(hidden.client, policy::IpAddress{});
        return hidden.device;
    };
    EXPECT_EQ(shown("amys-tablet", policy::DeviceKind::school), "");
    EXPECT_EQ(shown("renamed-since", policy::DeviceKind::personal), "") << "the policy of today no longer knows it";
    EXPECT_EQ(shown("ict-suite-7", policy::DeviceKind::school), "ict-suite-7");
}

} // namespace
} // namespace gatehouse::log

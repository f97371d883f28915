#include "policy/policy.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SubjectAt, IsTheNetworksPerson)
{
    auto const policy = testing::load_school();
    auto const subject = policy.subject_at(*IpAddress::parse("127.0.1.10"));
    EXPECT_EQ(subject.role, "pupil");
    EXPECT_EQ(subject.network, "year-9-room");
    EXPECT_THAT(subject.groups, ElementsAre("year-9"));
    EXPECT_EQ(subject.device_kind, DeviceKind::school);
    EXPECT_TRUE(subject.trusts_ca);
    EXPECT_EQ(subject.confidence, Confidence::address);
    EXPECT_EQ(subject.address.to_text(), "127.0.1.10");
    EXPECT_EQ(subject.user, "");
    EXPECT_EQ(subject.device, "");
}

TEST(SubjectAt, PrefersWhatTheDeviceSays)
{
    auto const policy = testing::parse_or_fail(R"(
school = "Test"
unknown_role = "guest"
role = [{id = "guest", title = "G", default = "block", default_reason = "x"}, {id = "staff", title = "S", default = "allow", default_reason = "x"}]
group = [{id = "a", title = "A"}, {id = "b", title = "B"}]
network = [{id = "office", title = "O", ranges = ["10.0.0.0/24"], role = "guest", groups = ["a"], device_kind = "personal", trusts_ca = true}]
device = [
  {id = "desk", address = "10.0.0.5", role = "staff", user = "agreen", groups = ["b", "a"], kind = "school"},
  {id = "printer", address = "10.0.0.6"},
  {id = "roamer", address = "10.9.9.9"},
]
)");
    auto const desk = policy.subject_at(*IpAddress::parse("::ffff:10.0.0.5"));
    EXPECT_EQ(desk.role, "staff");
    EXPECT_EQ(desk.user, "agreen");
    EXPECT_EQ(desk.device, "desk");
    EXPECT_EQ(desk.network, "office");
    EXPECT_THAT(desk.groups, ElementsAre("a", "b"));
    EXPECT_EQ(desk.device_kind, DeviceKind::school);
    EXPECT_TRUE(desk.trusts_ca);
    auto const printer = policy.subject_at(*IpAddress::parse("10.0.0.6"));
    EXPECT_EQ(printer.role, "guest");
    EXPECT_EQ(printer.device_kind, DeviceKind::personal);
    auto const roamer = policy.subject_at(*IpAddress::parse("10.9.9.9"));
    EXPECT_EQ(roamer.role, "guest");
    EXPECT_EQ(roamer.network, "");
    EXPECT_EQ(roamer.confidence, Confidence::address);
}

TEST(SubjectAt, IsTheUnknownRoleElsewhere)
{
    auto const policy = testing::load_school();
    auto const subject = policy.subject_at(*IpAddress::parse("203.0.113.9"));
    EXPECT_EQ(subject.role, "unknown");
    EXPECT_EQ(subject.network, "");
    EXPECT_THAT(subject.groups, IsEmpty());
    EXPECT_EQ(subject.confidence, Confidence::none);
    EXPECT_FALSE(subject.trusts_ca);
}

TEST(Policy, FindsEntriesById)
{
    auto const policy = testing::load_school();
    EXPECT_EQ(policy.role("staff")->title, "Member of staff");
    EXPECT_EQ(policy.service("instagram")->category, "media-sharing");
    EXPECT_EQ(policy.category("blogs")->parent, "social-media");
    EXPECT_EQ(policy.role("caretaker"), nullptr);
    EXPECT_EQ(policy.service(""), nullptr);
}

TEST(Policy, KnowsAncestorsAndWhatIsNeverInspected)
{
    auto const policy = testing::load_school();
    auto const index = [&](std::string_view id) { return policy.index_of({Selector::Kind::category, std::string(id), 0}); };
    EXPECT_TRUE(policy.is_within(index("blogs"), index("social-media")));
    EXPECT_TRUE(policy.is_within(index("blogs"), index("blogs")));
    EXPECT_FALSE(policy.is_within(index("social-media"), index("blogs")));
    EXPECT_FALSE(policy.is_within(none, index("blogs")));
    EXPECT_TRUE(policy.never_inspects(index("helpline")));
    EXPECT_FALSE(policy.never_inspects(index("games")));
    EXPECT_FALSE(policy.never_inspects(none));
}

TEST(Policy, KnowsWhoseVisitsSomebodyLooksAt)
{
    auto const policy = testing::load_school();
    auto const index = [&](std::string_view id) { return policy.index_of({Selector::Kind::category, std::string(id), 0}); };
    EXPECT_EQ(policy.alert_of(index("self-harm")), Severity::urgent);
    EXPECT_EQ(policy.alert_of(index("extremism")), Severity::concern);
    EXPECT_FALSE(policy.alert_of(index("games")));
    EXPECT_FALSE(policy.alert_of(none));
    EXPECT_EQ(policy.people_of("staff"), People::staff);
    EXPECT_EQ(policy.people_of("pupil"), People::pupils);
    EXPECT_EQ(policy.people_of("caretaker"), People::pupils);
}

TEST(Policy, TakesARoleCalledStaffForStaffUnlessItSaysOtherwise)
{
    auto const policy = testing::parse_or_fail(R"(
school = "Test"
unknown_role = "pupil"
role = [
  {id = "pupil", title = "P", default = "allow", default_reason = "x"},
  {id = "staff", title = "S", default = "allow", default_reason = "x"},
  {id = "teacher", title = "T", people = "staff", default = "allow", default_reason = "x"},
]
)");
    EXPECT_EQ(policy.people_of("staff"), People::staff);
    EXPECT_EQ(policy.people_of("teacher"), People::staff);
    EXPECT_EQ(policy.people_of("pupil"), People::pupils);
}

TEST(Policy, AttachMapsListsByIdAndIgnoresOthers)
{
    auto policy = testing::load_school();
    std::vector<ListFile> files{{"nobody-declared-this", "x", {{.host = "other.test", .path = {}, .line = 1}}},
        {"youtube", "y", {{.host = "more.youtube.test", .path = {}, .line = 7}}}};
    auto const image = std::make_shared<std::vector<std::byte>>(encode_list_image(files, 1));
    ASSERT_TRUE(verify_list_image(*image));
    policy.attach(image, *image);
    ASSERT_EQ(policy.attached.size(), 2U);
    EXPECT_THAT(
        policy.attached[1].info, ElementsAre(AttachedLists::no_list, policy.index_of({Selector::Kind::list, "youtube", 0})));
}

} // namespace
} // namespace gatehouse::policy

#include "proxy/portal/portal_pages.hpp"
#include "proxy/settings.hpp"
#include "proxy/tls/issuer.hpp"
#include "proxy/trust_check.hpp"

#include <fmt/format.h>

namespace gatehouse::portal {
namespace {

struct Platform {
    char const* title;
    std::vector<Cell> steps;
};

std::vector<Platform> const& platforms()
{
    static std::vector<Platform> const all{
        {"Windows",
            {{"Download the certificate and open it."}, {"Choose Install Certificate, then Local Machine."},
                {"Choose Place all certificates in the following store, then Trusted Root Certification Authorities."},
                {"Choose Finish."}}},
        {"Mac",
            {{"Download the certificate and open it. Keychain Access shows it; add it to System."},
                {"Open it there, open Trust, and choose Always Trust for When using this certificate."}}},
        {"iPhone and iPad",
            {{"Download the certificate in Safari and choose Allow."},
                {"Open Settings, then Profile Downloaded, and choose Install."},
                {"Open General, About, Certificate Trust Settings, and switch the certificate on. Without this step it does "
                 "nothing."}}},
        {"Android",
            {{"Download the certificate."},
                {"Open Settings and search for CA certificate. Choose Install anyway and pick the file."},
                {"Many apps do not use certificates that were added by hand; browsers do."}}},
        {"Chromebook",
            {{"School Chromebooks get it from the Google Admin console: Devices, Networks, Certificates."},
                {"On a single one: open chrome://settings/certificates, choose Authorities, then Import."}}},
        {"Firefox, on any computer",
            {{"Open Settings and search for certificates. Choose View Certificates, Authorities, Import."},
                {"Tick Trust this CA to identify websites."}}},
    };
    return all;
}

/// The picture comes only to a device that trusts the certificate; its text stands in its place on others.
void add_trust_check(Page& page)
{
    auto const check = fmt::format("https://{}/", trust_check_host);
    page.parts.push_back(subheading("Does this device trust it already?"));
    page.parts.push_back(picture(
        check + "picture.svg", "Without a green picture here, this device does not trust the certificate yet.", {320, 56}));
    page.parts.push_back(
        paragraph("To be sure, open the test page. If the browser warns you there, the certificate is not trusted yet: "
                  "go back and follow the steps for your device."));
    page.parts.push_back(link("Open the test page", check));
}

} // namespace

task<Response> show_device(Visit const& visit)
{
    auto const ca = tls::read_ca_info(visit.site.services.settings.state_dir / "ca");
    if (!ca)
        co_return show_message(visit, 404, "There is no certificate", "This school does not use a certificate of its own.");
    Page page;
    page.title = "Put the school certificate on a device";
    page.parts = {heading(page.title),
        paragraph("This is for devices that belong to the school. With the certificate, pages about closed sites can explain "
                  "themselves, and "
                  "the school can look after what is inside sites where its rules say so."),
        paragraph("Never put it on a device of your own unless the school has agreed that with you."),
        summary({{"Certificate", {"Download the certificate", "/ca.crt"}}, {"Name", {ca->subject, {}}},
            {"Fingerprint (SHA-256)", {ca->sha256, {}}}}),
        paragraph("Compare the fingerprint with the one that the device shows before you trust it.")};
    add_trust_check(page);
    for (auto const& platform : platforms()) {
        page.parts.push_back(subheading(platform.title));
        page.parts.push_back(numbered(platform.steps));
    }
    co_return show(visit, page);
}

} // namespace gatehouse::portal

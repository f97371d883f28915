#include "proxy/portal/api.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace gatehouse::portal {

namespace {

namespace json = boost::json;

constexpr std::string_view json_type = "application/json";

Response answer_with(unsigned status, json::object const& value)
{
    return {status, std::string(json_type), json::serialize(value), {}};
}

json::array query_of(ApiWords const& words)
{
    json::array parameters;
    for (auto const& field : words.fields) {
        json::object parameter{{"name", field.name}, {"in", "query"}, {"required", field.is_needed},
            {"description", field.meaning}, {"schema", schema_of(field, Sent::as_text)}};
        if (field.shape.is_list)
            parameter["explode"] = true; // the name again for each
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

json::object body_schema(ApiWords const& words, Sent sent)
{
    json::object properties;
    json::array needed;
    for (auto const& field : words.fields) {
        properties[field.name] = schema_of(field, sent);
        if (field.is_needed)
            needed.push_back(json::string(field.name));
    }
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!needed.empty())
        schema["required"] = std::move(needed);
    return schema;
}

json::object body_of(ApiWords const& words)
{
    json::object content{{json_type, {{"schema", body_schema(words, Sent::as_json)}}},
        {"application/x-www-form-urlencoded", {{"schema", body_schema(words, Sent::as_text)}}}};
    return {{"content", std::move(content)}, {"required", !words.fields.empty()}};
}

json::object of_type(std::string_view type, std::string_view text, json::value schema)
{
    return {{"description", text}, {"content", {{type, {{"schema", std::move(schema)}}}}}};
}

json::object good_answer(ApiWords const& words)
{
    using Gives = ApiWords::Gives;
    auto const named = [](std::string_view name) { return json::object{{"$ref", "#/components/schemas/" + std::string(name)}}; };
    json::object const bytes{{"type", "string"}, {"format", "binary"}};
    switch (words.gives) {
    case Gives::csv:
        return of_type("text/csv; charset=utf-8",
            "A table; one that was cut says after how many rows in the header Gatehouse-Cut", {{"type", "string"}});
    case Gives::pdf: return of_type("application/pdf", "The report on paper", bytes);
    case Gives::file: return of_type(json_type, "The file", {{"type", "object"}});
    case Gives::events:
        return of_type("text/event-stream",
            "Events \"begin\", \"row\" and \"end\"; the data of each is such an object. It ends after ten minutes, and when the "
            "key, its role or the purpose does. At most 20 such streams are open at once.",
            named("LogEvent"));
    case Gives::page: break;
    }
    if (words.method == Method::get)
        return of_type(json_type, "The page: its title and its parts", named("Page"));
    return of_type(json_type, "Where the result is to be seen, or a page that shows it",
        {{"oneOf", json::array{named("Done"), named("Page")}}});
}

json::object answers(ApiWords const& words)
{
    auto const with = [](std::string_view text) { return of_type(json_type, text, {{"$ref", "#/components/schemas/Refusal"}}); };
    return {{"200", good_answer(words)}, {"401", with("No key, or one that has ended")},
        {"403", with("The key or its role may not")}, {"404", with("There is nothing of that number")},
        {"409", with("Somebody was faster, or the step is not possible any more")},
        {"422", with("Something is missing or wrong; the part of kind \"problems\" says which field")},
        {"503", with("Busy; nothing was changed")}};
}

json::object operation_of(ApiWords const& words)
{
    std::string id = words.method == Method::post ? "post" : "get";
    for (char const c : words.path)
        id += c == '/' || c == '-' || c == '.' ? '_' : c;
    json::object operation{{"operationId", id}, {"summary", words.summary}, {"responses", answers(words)}};
    if (words.method == Method::post)
        operation["requestBody"] = body_of(words);
    else if (!words.fields.empty())
        operation["parameters"] = query_of(words);
    return operation;
}

} // namespace

Response data_of(Page const& page)
{
    json::array parts;
    for (auto const& part : page.parts)
        if (auto data = part.data(Language::english); !data.empty())
            parts.push_back(std::move(data));
    json::object value{{"title", page.title.english()}, {"status", page.status}, {"parts", std::move(parts)}};
    if (page.status >= 400)
        value["error"] = page.title.english();
    return answer_with(page.status, value);
}

Response for_program(Response response)
{
    if (response.status != 303)
        return response;
    auto const place = std::find_if(
        response.headers.begin(), response.headers.end(), [](auto const& header) { return header.first == "Location"; });
    return answer_with(200, {{"status", 200}, {"see", place == response.headers.end() ? std::string{} : place->second}});
}

Response api_refusal(unsigned status, std::string_view text)
{
    auto response = answer_with(status, {{"status", status}, {"error", text}});
    if (status == 401)
        response.headers.emplace_back("WWW-Authenticate", "Bearer"); // RFC 6750 §3
    return response;
}

std::string openapi_text(std::string_view school, std::string_view console_url)
{
    json::object paths;
    for (auto const& words : all_api_words()) {
        auto& item = paths.emplace(words.path, json::object{}).first->value().as_object();
        item[words.method == Method::post ? "post" : "get"] = operation_of(words);
    }
    json::object const document{{"openapi", "3.0.3"},
        {"info",
            {{"title", std::string(school) + ": Gatehouse console"}, {"version", "1"},
                {"description", "Every page and form of the console. A key acts with the role of the account that made it."}}},
        {"servers", {{{"url", std::string(console_url) + std::string(api_prefix)}}}}, {"security", {{{"key", json::array{}}}}},
        {"paths", std::move(paths)},
        {"components",
            {{"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}, {"schemas", answer_schemas()}}}};
    return json::serialize(document);
}

} // namespace gatehouse::portal

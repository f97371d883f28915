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

json::object schema_of(ApiField const& field)
{
    if (field.is_list)
        return {{"type", "array"}, {"items", {{"type", "string"}}}, {"description", field.meaning}};
    return {{"type", "string"}, {"description", field.meaning}};
}

json::array query_of(ApiWords const& words)
{
    json::array parameters;
    for (auto const& field : words.fields)
        parameters.push_back({{"name", field.name}, {"in", "query"}, {"required", field.is_needed},
            {"description", field.meaning}, {"schema", {{"type", "string"}}}});
    return parameters;
}

json::object body_of(ApiWords const& words)
{
    json::object properties;
    json::array needed;
    for (auto const& field : words.fields) {
        properties[field.name] = schema_of(field);
        if (field.is_needed)
            needed.push_back(json::string(field.name));
    }
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!needed.empty())
        schema["required"] = std::move(needed);
    json::object content;
    for (std::string_view const type : {json_type, std::string_view{"application/x-www-form-urlencoded"}})
        content[type] = {{"schema", schema}};
    return {{"content", std::move(content)}, {"required", !words.fields.empty()}};
}

json::object answers()
{
    auto const with = [](std::string_view text) { return json::object{{"description", text}}; };
    json::object page{{"description", "The page: its title and its parts, or where the result is to be seen"},
        {"content", {{json_type, {{"schema", {{"$ref", "#/components/schemas/Page"}}}}}}}};
    return {{"200", std::move(page)}, {"401", with("No key, or one that has ended")},
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
    json::object operation{{"operationId", id}, {"summary", words.summary}, {"responses", answers()}};
    if (words.method == Method::post)
        operation["requestBody"] = body_of(words);
    else if (!words.fields.empty())
        operation["parameters"] = query_of(words);
    return operation;
}

json::object page_schema()
{
    json::object const text{{"type", "string"}};
    json::object part{{"type", "object"}, {"required", {"kind"}},
        {"properties",
            {{"kind",
                {{"type", "string"},
                    {"description", "heading, paragraph, summary, table, form, problems, tasks, list, link, notice, ..."}}}}}};
    return {{"type", "object"},
        {"properties",
            {{"title", text}, {"status", {{"type", "integer"}}}, {"parts", {{"type", "array"}, {"items", std::move(part)}}},
                {"see", {{"type", "string"}, {"description", "After a change: the page that shows it"}}}, {"error", text}}}};
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
            {{"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}, {"schemas", {{"Page", page_schema()}}}}}};
    return json::serialize(document);
}

} // namespace gatehouse::portal

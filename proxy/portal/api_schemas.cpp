// What the API takes and answers, as schemas (JSON Schema as OpenAPI 3.0.3 has it). Those of the parts of a page say what page_data.cpp and
// components.cpp write; a test holds real answers against them.
#include "proxy/portal/api.hpp"

namespace gatehouse::portal {

namespace {

namespace json = boost::json;
using Names = std::initializer_list<std::string_view>;

json::object text()
{
    return {{"type", "string"}};
}

json::object told(json::object schema, std::string_view meaning)
{
    schema["description"] = meaning;
    return schema;
}

json::array array_of(Names names)
{
    json::array all;
    for (auto const name : names)
        all.push_back(json::string(name));
    return all;
}

json::object enumerated(Names values)
{
    return {{"type", "string"}, {"enum", array_of(values)}};
}

json::object list_of(json::object items)
{
    return {{"type", "array"}, {"items", std::move(items)}};
}

json::object named(std::string_view schema)
{
    return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

json::object object_of(Names needed, json::object properties)
{
    return {{"type", "object"}, {"required", array_of(needed)}, {"properties", std::move(properties)}};
}

json::object part_of(std::string_view kind, Names needed, json::object properties)
{
    properties["kind"] = enumerated({kind});
    auto part = object_of(needed, std::move(properties));
    part["required"].as_array().insert(part["required"].as_array().begin(), "kind");
    return part;
}

/// A piece of text with what it may carry, and what else stands beside it.
json::object cell_schema()
{
    return object_of({"text"},
        {{"text", text()}, {"href", told(text(), "Address of a page that it leads to, without /api/v1")},
            {"tag", enumerated({"green", "red", "yellow", "grey", "purple"})}});
}

json::object summary_row()
{
    auto row = cell_schema();
    row["properties"].as_object()["key"] = text();
    row["required"].as_array().emplace_back("key");
    return row;
}

json::object form_field()
{
    auto const kinds = enumerated(
        {"text", "password", "date", "datetime", "time", "area", "select", "radios", "checkboxes", "hidden", "file"});
    json::object value{{"oneOf", {text(), list_of(text())}}, {"description", "As it stands in the form; of checkboxes a list"}};
    return object_of({"name", "kind", "label", "value"},
        {{"name", text()}, {"kind", kinds}, {"label", text()}, {"value", std::move(value)}, {"hint", text()}, {"error", text()},
            {"longest", told({{"type", "integer"}, {"minimum", 1}}, "Characters of a text")},
            {"options", list_of(object_of({"value", "text"}, {{"value", text()}, {"text", text()}}))}});
}

void add_parts(json::object& schemas)
{
    auto const add = [&](std::string_view name, json::object schema) { schemas[name] = std::move(schema); };
    add("Cell", cell_schema());
    add("FormField", form_field());
    add("Heading", part_of("heading", {"text", "caption"}, {{"text", text()}, {"caption", text()}}));
    auto texts = part_of("", {"text"}, {{"text", text()}});
    texts["properties"].as_object()["kind"] = enumerated({"subheading", "paragraph", "inset", "warning"});
    add("Text", std::move(texts));
    add("Notice", part_of("notice", {"title", "text"}, {{"title", text()}, {"text", text()}}));
    add("Link", part_of("link", {"text", "href"}, {{"text", text()}, {"href", text()}}));
    add("List", part_of("list", {"items"}, {{"items", list_of(named("Cell"))}}));
    add("Table",
        part_of("table", {"caption", "head", "rows"},
            {{"caption", text()}, {"head", list_of(text())}, {"rows", list_of(list_of(named("Cell")))}}));
    add("Summary", part_of("summary", {"rows"}, {{"rows", list_of(summary_row())}}));
    auto const problem = object_of(
        {"field", "text"}, {{"field", told(text(), "Name of the field that is wrong; empty: none")}, {"text", text()}});
    add("Problems", part_of("problems", {"problems"}, {{"problems", list_of(problem)}}));
    auto const task
        = object_of({"text", "href", "hint", "tag"}, {{"text", text()}, {"href", text()}, {"hint", text()}, {"tag", text()}});
    add("Tasks", part_of("tasks", {"tasks"}, {{"tasks", list_of(task)}}));
    add("Pages",
        part_of("pages", {"newer", "older"},
            {{"newer", told(text(), "Address of the page before; empty: there is none")}, {"older", text()}}));
    add("Form",
        part_of("form", {"method", "action", "button", "fields"},
            {{"method", enumerated({"get", "post"})}, {"action", text()}, {"button", text()},
                {"fields", list_of(named("FormField"))}}));
}

json::object page_schema()
{
    json::array kinds;
    for (auto const* kind :
        {"Heading", "Text", "Notice", "Link", "List", "Table", "Summary", "Problems", "Tasks", "Pages", "Form"})
        kinds.push_back(named(kind));
    return object_of({"title", "status", "parts"},
        {{"title", text()}, {"status", {{"type", "integer"}}}, {"parts", list_of({{"oneOf", std::move(kinds)}})}});
}

/// A row of the access log that comes as an event.
json::object row_schema()
{
    auto const when = told({{"type", "string"}, {"format", "date-time"}}, "In UTC");
    return part_of("row", {"key", "when", "verdict", "site", "role", "person", "group", "network", "device", "rule", "clause"},
        {{"key", told(text(), "For /why")}, {"when", when}, {"verdict", enumerated({"allow", "block"})},
            {"site", told(text(), "With what was searched for or shown there; \"sealed\" for what nobody is shown")},
            {"role", text()}, {"person", told(text(), "The user name; without a purpose a code, the same all day")},
            {"group", text()}, {"network", text()}, {"device", text()}, {"rule", text()}, {"clause", text()},
            {"category", text()}, {"service", text()}, {"list", text()}});
}

json::object plain_shape(ApiShape const& shape, Sent sent)
{
    using Kind = ApiShape::Kind;
    switch (shape.kind) {
    case Kind::number: return {{"type", "integer"}};
    case Kind::flag: return sent == Sent::as_json ? json::object{{"type", "boolean"}} : enumerated({"yes", "no"});
    case Kind::day: return {{"type", "string"}, {"format", "date"}};
    case Kind::minute:
        return {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"},
            {"example", "2026-11-24T10:40"}}; // RFC 3339's date-time would need an offset, which the school's clock knows itself
    case Kind::clock: return {{"type", "string"}, {"pattern", "^[0-9]{2}:[0-9]{2}$"}, {"example", "10:40"}};
    case Kind::text: break;
    }
    auto schema = text();
    if (shape.values.empty())
        schema["maxLength"] = shape.longest;
    return schema;
}

json::array values_of(ApiShape const& shape)
{
    json::array values;
    auto rest = shape.values;
    for (;;) {
        auto const bar = rest.find('|');
        auto const value = rest.substr(0, bar);
        if (shape.kind == ApiShape::Kind::number)
            values.push_back(json::parse(value));
        else
            values.push_back(json::string(value));
        if (bar == std::string_view::npos)
            return values;
        rest.remove_prefix(bar + 1);
    }
}

} // namespace

json::object schema_of(ApiField const& field, Sent sent)
{
    auto schema = plain_shape(field.shape, sent);
    if (!field.shape.values.empty())
        schema["enum"] = values_of(field.shape);
    if (field.shape.is_list)
        schema = list_of(std::move(schema));
    return told(std::move(schema), field.meaning);
}

json::object answer_schemas()
{
    json::object schemas;
    add_parts(schemas);
    json::object const status{{"type", "integer"}};
    schemas["Page"] = page_schema();
    schemas["Done"] = object_of(
        {"status", "see"}, {{"status", status}, {"see", told(text(), "Address of the page that shows what was changed")}});
    auto refusal = page_schema();
    refusal["properties"].as_object()["error"] = told(text(), "Why, in one sentence");
    refusal["required"] = {"status", "error"};
    refusal["description"] = "A refusal may be a page, whose parts say more";
    schemas["Refusal"] = std::move(refusal);
    schemas["LogRow"] = row_schema();
    schemas["LogBegin"] = part_of("begin", {}, {});
    schemas["LogEnd"] = part_of("end", {"because"},
        {{"because",
            told(enumerated({"time", "reader"}),
                "Ten minutes are over and it may be asked for again; or whoever listens may not any more")}});
    schemas["LogEvent"] = {{"oneOf", {named("LogBegin"), named("LogRow"), named("LogEnd")}}};
    return schemas;
}

} // namespace gatehouse::portal

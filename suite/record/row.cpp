#include "suite/record/row.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "suite/core/error.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

bool contains(const std::vector<std::string>& items, const std::string& item) {
    return std::find(items.begin(), items.end(), item) != items.end();
}

bool belongs_to(const RowField& field, const std::string& kind) {
    return field.kinds.empty() || contains(field.kinds, kind);
}

const RowField* find_field(const std::string& name) {
    const auto& fields = row_fields();
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
    return field == fields.end() ? nullptr : &*field;
}

std::vector<std::string> names_of_fields() {
    std::vector<std::string> names;
    for (const auto& field : row_fields()) names.push_back(field.name);
    return names;
}

bool is_unset(const Row& row, const std::string& name) {
    return !row.contains(name) || row[name].is_null();
}

bool has_type(const nlohmann::json& value, const std::string& type) {
    if (type == "text") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_unsigned() || (value.is_number_integer() && value >= 0);
    return value.is_number() && std::isfinite(value.get<double>());
}

void check_value(const RowField& field, const nlohmann::json& value, const std::string& place) {
    if (!has_type(value, field.type))
        throw Error(ExitCode::data, fmt::format("field '{}' must be {}", field.name, field.type), {}, place);
    if (field.choices.empty() || contains(field.choices, value.get<std::string>())) return;
    throw Error(ExitCode::data, fmt::format("field '{}' cannot be '{}'", field.name, value.get<std::string>()),
                "known: " + join(field.choices, ", "), place);
}

void check_known_fields(const Row& row, const std::string& kind, const std::string& place) {
    for (const auto& [name, value] : row.items()) {
        const RowField* field = find_field(name);
        if (field == nullptr)
            throw Error(ExitCode::data, "unknown field '" + name + "'", suggestion(name, names_of_fields()), place);
        if (!belongs_to(*field, kind))
            throw Error(ExitCode::data, fmt::format("a row of kind '{}' has no field '{}'", kind, name), {}, place);
        if (!value.is_null()) check_value(*field, value, place);
    }
}

void check_required_fields(const Row& row, const std::string& kind, const std::string& place) {
    for (const auto& field : row_fields())
        if (field.presence == Presence::required && belongs_to(field, kind) && is_unset(row, field.name))
            throw Error(ExitCode::data, "field '" + field.name + "' is missing", {}, place);
}

// What no single field can tell.
void check_consistency(const Row& row, const std::string& place) {
    if (!row["publishable"].get<bool>() && is_unset(row, "unpublishable_reason"))
        throw Error(ExitCode::data, "an unpublishable row must say why", "set 'unpublishable_reason'", place);
    if (text_of(row, "outcome") == "finished" && is_unset(row, "top1"))
        throw Error(ExitCode::data, "a finished training has a 'top1'", "or its outcome is 'not converged'", place);
    if (is_unset(row, "rival") != is_unset(row, "rival_ratio"))
        throw Error(ExitCode::data, "'rival' and 'rival_ratio' come together", {}, place);
}

nlohmann::json schema_of(const RowField& field) {
    static const std::map<std::string, std::string> types{
        {"text", "string"}, {"integer", "integer"}, {"real", "number"}, {"boolean", "boolean"}};
    const std::string& type = types.at(field.type);
    nlohmann::json schema = {{"description", field.meaning}};
    if (field.presence == Presence::required)
        schema["type"] = type;
    else
        schema["type"] = {type, "null"};
    if (field.type == "integer") schema["minimum"] = 0;
    if (!field.choices.empty()) schema["enum"] = field.choices;
    if (!field.unit.empty()) schema["unit"] = field.unit;
    if (!field.direction.empty()) schema["better"] = field.direction;
    return schema;
}

std::vector<std::string> required_of(const std::string& kind) {
    std::vector<std::string> names;
    for (const auto& field : row_fields())
        if (field.presence == Presence::required && belongs_to(field, kind)) names.push_back(field.name);
    return names;
}

}  // namespace

const RowField& row_field(const std::string& name) {
    const RowField* field = find_field(name);
    if (field == nullptr)
        throw Error(ExitCode::usage, "no row has a field '" + name + "'", suggestion(name, names_of_fields()));
    return *field;
}

std::string text_of(const Row& row, const std::string& field) {
    return is_unset(row, field) ? std::string() : row[field].get<std::string>();
}

std::optional<double> real_of(const Row& row, const std::string& field) {
    return is_unset(row, field) ? std::nullopt : std::optional(row[field].get<double>());
}

void check_row(const Row& row, const std::string& place) {
    if (!row.is_object()) throw Error(ExitCode::data, "a row must be a JSON object", {}, place);
    if (is_unset(row, "kind")) throw Error(ExitCode::data, "field 'kind' is missing", {}, place);
    check_value(row_field("kind"), row["kind"], place);
    const std::string kind = row["kind"];
    check_known_fields(row, kind, place);
    check_required_fields(row, kind, place);
    check_consistency(row, place);
}

nlohmann::json row_json_schema() {
    nlohmann::json properties = nlohmann::json::object(), kinds = nlohmann::json::array();
    for (const auto& field : row_fields()) properties[field.name] = schema_of(field);
    properties["schema_version"]["const"] = row_schema_version;
    for (const auto& kind : row_field("kind").choices)
        kinds.push_back(
            {{"if", {{"properties", {{"kind", {{"const", kind}}}}}}}, {"then", {{"required", required_of(kind)}}}});
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "A result row of dsqbench"},
            {"type", "object"},
            {"additionalProperties", false},
            {"required", {"kind"}},
            {"properties", properties},
            {"allOf", kinds}};
}

}  // namespace dsqbench

#include "suite/record/row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "suite/core/file_system.h"
#include "tests/record/sample_row.h"
#include "tests/record/sample_throughput_row.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

Row whole_row() {
    return complete_row(sample_row());
}

void check(const Row& row) {
    check_row(row, "rows.jsonl:7");
}

std::string refusal(const Row& row) {
    const Error error = refusal_of([&] { check(row); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

Row with(const std::string& field, const nlohmann::json& value) {
    Row row = whole_row();
    row[field] = value;
    return row;
}

TEST(RowFields, are_named_once_and_explained) {
    std::set<std::string> names;
    for (const auto& field : row_fields()) {
        EXPECT_TRUE(names.insert(field.name).second) << field.name;
        EXPECT_FALSE(field.meaning.empty()) << field.name;
        EXPECT_THAT(field.type, testing::AnyOf("text", "integer", "real", "boolean")) << field.name;
        EXPECT_THAT(field.direction, testing::AnyOf("", "higher", "lower")) << field.name;
    }
}

TEST(RowFields, belong_to_kinds_that_exist) {
    for (const auto& field : row_fields())
        for (const auto& kind : field.kinds)
            EXPECT_THAT(row_field("kind").choices, testing::Contains(kind)) << field.name;
}

TEST(RowFields, that_identify_a_measurement_belong_to_its_kind) {
    for (const auto& kind : row_field("kind").choices) {
        EXPECT_FALSE(identity_fields(kind).empty()) << kind;
        for (const auto& name : identity_fields(kind)) {
            const auto& kinds = row_field(name).kinds;
            EXPECT_TRUE(kinds.empty() || std::count(kinds.begin(), kinds.end(), kind) == 1) << kind << " " << name;
        }
    }
    EXPECT_TRUE(identity_fields("cooking").empty());
}

TEST(CheckRow, accepts_a_whole_row_and_unset_optional_fields) {
    EXPECT_NO_THROW(check(whole_row()));
    EXPECT_NO_THROW(check(with("top5", nullptr)));
    EXPECT_NO_THROW(check(with("top1", 88)));
}

TEST(CheckRow, suggests_the_field_that_was_meant) {
    EXPECT_EQ(refusal(with("top_1", 88.0)), "rows.jsonl:7: unknown field 'top_1'; did you mean 'top1'?");
}

TEST(CheckRow, refuses_every_missing_required_field) {
    for (const auto& field : row_fields()) {
        const bool of_training =
            field.kinds.empty() || std::count(field.kinds.begin(), field.kinds.end(), "training") > 0;
        if (field.presence == Presence::optional || !of_training) continue;
        Row row = whole_row();
        row.erase(field.name);
        EXPECT_EQ(refusal(row), "rows.jsonl:7: field '" + field.name + "' is missing");
        EXPECT_EQ(refusal(with(field.name, nullptr)), "rows.jsonl:7: field '" + field.name + "' is missing");
    }
}

TEST(CheckRow, refuses_wrong_types) {
    for (const auto& [field, value] : std::vector<std::pair<std::string, nlohmann::json>>{{"label", 3},
                                                                                          {"seed", -1},
                                                                                          {"seed", 1.5},
                                                                                          {"seed", "1"},
                                                                                          {"top1", "88"},
                                                                                          {"top1", std::nan("")},
                                                                                          {"publishable", 1},
                                                                                          {"epochs", true},
                                                                                          {"label", {{"a", 1}}},
                                                                                          {"kind", 7}})
        EXPECT_THAT(refusal(with(field, value)), testing::HasSubstr("field '" + field + "' must be")) << value;
}

TEST(CheckRow, refuses_values_outside_the_choices) {
    EXPECT_THAT(refusal(with("outcome", "fine")), testing::HasSubstr("known: finished, not converged"));
    EXPECT_THAT(refusal(with("kind", "cooking")), testing::HasSubstr("field 'kind' cannot be 'cooking'"));
}

TEST(CheckRow, refuses_what_contradicts_itself) {
    EXPECT_THAT(refusal(with("publishable", false)), testing::HasSubstr("must say why"));
    EXPECT_THAT(refusal(with("top1", nullptr)), testing::HasSubstr("a finished training has a 'top1'"));
    Row diverged = with("outcome", "not converged");
    diverged.erase("top1");
    EXPECT_NO_THROW(check(diverged));
}

TEST(CheckRow, refuses_what_is_no_object) {
    EXPECT_THAT(refusal(nlohmann::json::array()), testing::HasSubstr("must be a JSON object"));
    EXPECT_THAT(refusal(nlohmann::json()), testing::HasSubstr("must be a JSON object"));
}

TEST(CheckRow, accepts_a_kernel_row_and_refuses_training_fields_in_it) {
    EXPECT_NO_THROW(check(complete_row(sample_kernel_row())));
    Row row = complete_row(sample_kernel_row());
    row["top1"] = 50.0;
    EXPECT_EQ(refusal(row), "rows.jsonl:7: a row of kind 'kernel' has no field 'top1'");
}

TEST(CheckRow, accepts_a_throughput_with_its_rival_or_alone_and_no_rival_without_its_ratio) {
    Row row = complete_row(sample_throughput_row());
    EXPECT_NO_THROW(check(row));
    row.erase("rival_ratio");
    EXPECT_EQ(refusal(row), "rows.jsonl:7: 'rival' and 'rival_ratio' come together");
    row.erase("rival");
    EXPECT_NO_THROW(check(row));
    row["rival_ratio"] = 2.0;
    EXPECT_EQ(refusal(row), "rows.jsonl:7: 'rival' and 'rival_ratio' come together");
}

TEST(CompleteRow, adds_origin_and_identity_once) {
    Row bare = sample_row();
    for (const char* field : {"schema_version", "time", "machine", "commit", "version", "compiler"}) bare.erase(field);
    const Row row = complete_row(bare);
    EXPECT_NO_THROW(check(row));
    EXPECT_EQ(row["row_id"].get<std::string>().size(), 64u);
    EXPECT_EQ(complete_row(row), row);
}

TEST(CompleteRow, unsets_numbers_that_are_not_finite) {
    Row row = sample_row();
    row["loss"] = std::nan("");
    EXPECT_TRUE(complete_row(row)["loss"].is_null());
}

TEST(RowSchema, in_the_repository_is_the_one_of_the_table) {
    const std::string file = DSQBENCH_SOURCE_DIR "/results/schema/row.json";
    EXPECT_EQ(read_file(file), row_json_schema().dump(2) + "\n") << "write the table's schema into " << file;
}

TEST(RowSchema, requires_what_the_table_requires) {
    const auto schema = row_json_schema();
    const auto required = schema["allOf"][0]["then"]["required"].get<std::vector<std::string>>();
    EXPECT_THAT(required, testing::Contains("top1").Times(0));
    EXPECT_THAT(required, testing::Contains("protocol_id"));
    EXPECT_EQ(schema["properties"]["top1"]["type"], nlohmann::json({"number", "null"}));
    EXPECT_EQ(schema["properties"]["top1"]["unit"], "%");
    EXPECT_EQ(schema["properties"]["seed"]["minimum"], 0);
}

}  // namespace
}  // namespace dsqbench

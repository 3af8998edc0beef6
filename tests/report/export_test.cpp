#include "suite/report/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "tests/record/sample_row.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

class Export : public testing::Test {
protected:
    Export() {
        store_.append(sample_row("say \"dsq\", loud", 0, 100.0 / 3));
        store_.append(sample_row("ste", 18446744073709551615u));
    }

    TemporaryFolder folder_;
    ResultStore store_{folder_ / "results"};
};

TEST_F(Export, csv_has_a_column_a_field_and_a_line_a_row) {
    EXPECT_EQ(export_csv(store_, folder_ / "rows.csv"), 2u);
    const std::string csv = read_file(folder_ / "rows.csv");
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
    EXPECT_THAT(csv, testing::StartsWith("schema_version,row_id,kind,"));
    EXPECT_THAT(csv, testing::HasSubstr("\"say \"\"dsq\"\", loud\""));
    EXPECT_THAT(csv, testing::HasSubstr("33.333333333333336"));
    EXPECT_THAT(csv, testing::HasSubstr("18446744073709551615"));
}

std::string answer(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* database = nullptr;
    sqlite3_open(file.c_str(), &database);
    std::string text;
    const auto take = [](void* to, int columns, char** values, char**) {
        for (int i = 0; i < columns; ++i)
            *static_cast<std::string*>(to) += std::string(values[i] ? values[i] : "NULL") + "|";
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), take, &text, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
    return text;
}

TEST_F(Export, sqlite_answers_questions) {
    EXPECT_EQ(export_sqlite(store_, folder_ / "rows.db"), 2u);
    EXPECT_EQ(answer(folder_ / "rows.db", "SELECT label, weight_bits, publishable, top5 FROM rows WHERE top1 < 40"),
              "say \"dsq\", loud|2|1|NULL|");
    EXPECT_EQ(answer(folder_ / "rows.db", "SELECT seed FROM rows WHERE label = 'ste'"), "18446744073709551615|");
    export_sqlite(store_, folder_ / "rows.db");
    EXPECT_EQ(answer(folder_ / "rows.db", "SELECT count(*) FROM rows"), "2|") << "written anew, not added to";
}

TEST_F(Export, a_damaged_store_leaves_the_old_file) {
    write_file_atomically(folder_ / "rows.csv", "old\n");
    append_line(folder_ / "results/test-board/2026-11.jsonl", "{\"damaged");
    EXPECT_THROW(export_csv(store_, folder_ / "rows.csv"), Error);
    EXPECT_THROW(export_sqlite(store_, folder_ / "rows.db"), Error);
    EXPECT_EQ(read_file(folder_ / "rows.csv"), "old\n");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "rows.db"));
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
        EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
}

TEST_F(Export, services_get_the_newest_number_of_each_case) {
    LeaderboardBuilder builder;
    store_.visit([&](const RowLine& row) { builder.add(row); });
    const auto board = builder.build({});
    const auto list = github_action_benchmark(board);
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0]["unit"], "% error");
    EXPECT_DOUBLE_EQ(list[0]["value"].get<double>() + list[1]["value"].get<double>(), 200 - 87.5 - 100.0 / 3);
    const auto metrics = bencher_metrics(board);
    EXPECT_EQ(metrics.size(), 2u);
    for (const auto& [name, measures] : metrics.items()) EXPECT_TRUE(measures["accuracy"]["value"].is_number()) << name;
}

}  // namespace
}  // namespace dsqbench

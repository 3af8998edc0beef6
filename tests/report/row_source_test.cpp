#include "suite/report/row_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/record/run_directory.h"
#include "tests/record/sample_row.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

void make_run(const std::filesystem::path& path, std::uint64_t seed) {
    RunRequest request;
    request.label = "dsq";
    request.seed = seed;
    RunDirectory(path, request).write_result({{"row", sample_row("dsq", seed)}});
}

std::string refusal(const std::filesystem::path& path) {
    const Error error = refusal_of([&] { load_rows(path); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

TEST(LoadRows, reads_a_results_folder_and_one_of_its_files) {
    const TemporaryFolder folder;
    ResultStore store(folder.path());
    store.append(sample_row("dsq", 0));
    store.append(sample_row("dsq", 1));
    EXPECT_EQ(load_rows(folder.path()).size(), 2u);
    EXPECT_EQ(load_rows(folder / "test-board/2026-11.jsonl").size(), 2u);
}

TEST(LoadRows, reads_a_run_and_a_folder_of_runs) {
    const TemporaryFolder folder;
    make_run(folder / "dsq-s0", 0);
    make_run(folder / "dsq-s1", 1);
    EXPECT_EQ(load_rows(folder / "dsq-s1").at(0)["seed"], 1);
    EXPECT_EQ(load_rows(folder.path()).size(), 2u);
}

TEST(LoadRows, names_unfinished_runs) {
    const TemporaryFolder folder;
    make_run(folder / "dsq-s0", 0);
    RunDirectory(folder / "dsq-s1", RunRequest());
    testing::internal::CaptureStderr();
    EXPECT_EQ(load_rows(folder.path()).size(), 1u);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("dsq-s1: the run has not finished"));
    EXPECT_THAT(refusal(folder / "dsq-s1"), testing::HasSubstr("the run has not finished"));
}

TEST(LoadRows, says_what_it_expects) {
    const TemporaryFolder folder;
    EXPECT_THAT(refusal(folder.path()), testing::HasSubstr("holds no result row; name a run directory"));
    EXPECT_THAT(refusal(folder / "none"), testing::HasSubstr("does not exist"));
}

TEST(LoadRows, refuses_a_result_that_is_no_row) {
    const TemporaryFolder folder;
    RunDirectory(folder / "run", RunRequest()).write_result({{"row", {{"kind", "training"}}}});
    EXPECT_THAT(refusal(folder / "run"), testing::HasSubstr("result.json: field 'recipe' is missing"));
}

TEST(RowSource, a_commit_or_a_machine_behind_an_at_sign_selects_rows) {
    const TemporaryFolder folder;
    ResultStore store(folder.path());
    store.append(sample_row("dsq", 0));
    Row later = sample_row("dsq", 0);
    later["commit"] = "fedcba9876543210";
    later["machine"] = "another-board";
    store.append(later);
    const std::string results = folder.path().string();
    EXPECT_EQ(load_rows(results).size(), 2u);
    EXPECT_EQ(load_rows(results + "@fedc").at(0)["machine"], "another-board");
    EXPECT_EQ(load_rows(results + "@test-board").at(0)["commit"], sample_row()["commit"]);
    EXPECT_THROW(load_rows(results + "@fed"), Error) << "three digits name no commit";
    EXPECT_THROW(load_rows(results + "@nothing"), Error);
}

}  // namespace
}  // namespace dsqbench

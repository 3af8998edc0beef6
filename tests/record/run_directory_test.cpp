#include "suite/record/run_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

RunRequest request(const std::string& label = "dsq", std::uint64_t seed = 3) {
    RunRequest request;
    request.label = label;
    request.recipe.set_name("small");
    request.seed = seed;
    return request;
}

TEST(RunPath, is_made_of_recipe_label_seed_and_id) {
    const auto id = request().recipe.recipe_id().substr(0, 12);
    EXPECT_EQ(run_path("runs", request()), "runs/small/dsq-s3-" + id);
    EXPECT_EQ(run_path("runs", request("dorefa/pact training.epochs=3")),
              "runs/small/dorefa-pact-training.epochs=3-s3-" + id);
}

TEST(RunPath, stays_below_the_runs_folder) {
    RunRequest hostile = request("../..\n");
    hostile.recipe.set_name("/home/me/my recipes/w2a2.toml");
    EXPECT_EQ(run_path("runs", hostile).parent_path(), "runs/w2a2");
    EXPECT_THAT(run_path("runs", hostile).filename().string(), testing::StartsWith("..-..--s3-"));
    hostile.recipe.set_name("..");
    EXPECT_EQ(run_path("runs", hostile).parent_path(), "runs/unnamed");
    EXPECT_LT(run_path("runs", request(std::string(1000, 'x'))).filename().string().size(), 255u);
}

TEST(RunDirectory, keeps_the_recipe_and_where_the_run_came_from) {
    const TemporaryFolder folder;
    const RunDirectory run(folder / "a/b", request());
    EXPECT_TRUE(is_run_directory(run.path()));
    EXPECT_EQ(read_file(run.path() / "recipe.json"), request().recipe.canonical());
    const auto origin = nlohmann::json::parse(read_file(run.path() / "provenance.json"));
    EXPECT_EQ(origin["label"], "dsq");
    EXPECT_EQ(origin["seed"], 3);
    EXPECT_EQ(origin["recipe_id"], request().recipe.recipe_id());
    EXPECT_TRUE(origin.contains("commit"));
}

TEST(RunDirectory, is_taken_up_again_with_its_first_provenance) {
    const TemporaryFolder folder;
    { const RunDirectory first(folder.path(), request()); }
    const auto file = folder / "provenance.json";
    auto origin = nlohmann::json::parse(read_file(file));
    origin["time"] = "2020-01-01T00:00:00Z";
    write_file_atomically(file, origin.dump());
    const RunDirectory again(folder.path(), request());
    EXPECT_EQ(nlohmann::json::parse(read_file(file))["time"], "2020-01-01T00:00:00Z");
}

TEST(RunDirectory, refuses_another_recipe_and_another_seed) {
    const TemporaryFolder folder;
    { const RunDirectory first(folder.path(), request()); }
    RunRequest other = request();
    other.recipe.set("training.epochs", 7, "test");
    EXPECT_THAT(refusal_of([&] { RunDirectory(folder.path(), other); }).what(),
                testing::HasSubstr("holds another recipe"));
    EXPECT_THAT(refusal_of([&] { RunDirectory(folder.path(), request("dsq", 4)); }).what(),
                testing::HasSubstr("holds another seed"));
}

TEST(RunDirectory, belongs_to_one_process_at_a_time) {
    const TemporaryFolder folder;
    const RunDirectory first(folder.path(), request());
    EXPECT_THAT(refusal_of([&] { RunDirectory(folder.path(), request()); }).what(),
                testing::HasSubstr("another process is working on the run directory"));
}

TEST(RunDirectory, says_which_folder_it_cannot_make) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "file", "");
    EXPECT_THAT(refusal_of([&] { RunDirectory(folder / "file/run", request()); }).what(),
                testing::HasSubstr("cannot create the folder"));
}

TEST(Metrics, are_lines_that_can_be_taken_back) {
    const TemporaryFolder folder;
    RunDirectory run(folder.path(), request());
    EXPECT_EQ(run.metrics_size(), 0u);
    run.append_metrics({{"epoch", 1}, {"loss", std::nan("")}});
    const auto size = run.metrics_size();
    run.append_metrics({{"epoch", 2}});
    EXPECT_EQ(read_metrics(folder.path()).size(), 2u);
    run.truncate_metrics(size);
    const auto metrics = read_metrics(folder.path());
    ASSERT_EQ(metrics.size(), 1u);
    EXPECT_EQ(metrics[0].dump(), "{\"epoch\":1,\"loss\":null}");
    run.truncate_metrics(0);
    EXPECT_TRUE(read_metrics(folder.path()).empty());
}

TEST(Metrics, shorter_than_the_checkpoint_says_are_refused) {
    const TemporaryFolder folder;
    RunDirectory run(folder.path(), request());
    run.append_metrics({{"epoch", 1}});
    EXPECT_THAT(refusal_of([&] { run.truncate_metrics(1000); }).what(),
                testing::HasSubstr("has 12 bytes where the checkpoint knows of 1000"));
}

TEST(Metrics, are_read_without_a_torn_last_line) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "metrics.jsonl", "{\"epoch\":1}\n{\"epo");
    EXPECT_EQ(read_metrics(folder.path()).size(), 1u);
    write_file_atomically(folder / "metrics.jsonl", "{\"epoch\":1}\n{\"epo\n");
    EXPECT_THAT(refusal_of([&] { read_metrics(folder.path()); }).what(),
                testing::HasSubstr("metrics.jsonl:2: this line is not JSON"));
}

TEST(Result, is_absent_until_the_run_has_finished) {
    const TemporaryFolder folder;
    RunDirectory run(folder.path(), request());
    EXPECT_EQ(read_result(folder.path()), std::nullopt);
    run.write_result({{"row", {{"top1", 87.5}}}});
    EXPECT_EQ(read_result(folder.path())->at("row").at("top1"), 87.5);
}

TEST(Result, that_is_damaged_is_an_error) {
    const TemporaryFolder folder;
    for (const char* bytes : {"", "{", "[1]", "null", "{}", "{\"row\":1}"}) {
        write_file_atomically(folder / "result.json", bytes);
        EXPECT_THAT(refusal_of([&] { read_result(folder.path()); }).what(),
                    testing::HasSubstr("result.json: is damaged"))
            << bytes;
    }
}

}  // namespace
}  // namespace dsqbench

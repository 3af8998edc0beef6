// ResultStore and read_rows, of suite/record/row.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "suite/core/file_system.h"
#include "suite/record/row.h"
#include "suite/record/row_line.h"
#include "tests/record/sample_row.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

class Store : public testing::Test {
protected:
    std::string bytes() const { return read_file(file_); }

    void add_bytes(const std::string& bytes) const { std::ofstream(file_, std::ios::app) << bytes; }

    std::string refusal() const {
        const Error error = refusal_of([&] { store_.read(); });
        EXPECT_EQ(error.code(), ExitCode::data);
        return error.what();
    }

    static bool is_dsq(const RowLine& row) { return row.text("label") == "dsq"; }

    TemporaryFolder folder_;
    ResultStore store_{folder_.path()};
    std::filesystem::path file_ = folder_ / "test-board/2026-11.jsonl";
};

TEST_F(Store, keeps_rows_by_machine_and_month) {
    EXPECT_TRUE(store_.append(sample_row("dsq", 0)));
    Row later = sample_row("dsq", 1);
    later["time"] = "2027-01-02T00:00:00Z";
    EXPECT_TRUE(store_.append(later));
    Row elsewhere = sample_row("dsq", 2);
    elsewhere["machine"] = "another";
    EXPECT_TRUE(store_.append(elsewhere));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "another/2026-11.jsonl"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "test-board/2027-01.jsonl"));
    std::vector<int> seeds;
    for (const Row& row : store_.read()) seeds.push_back(row["seed"]);
    EXPECT_EQ(seeds, (std::vector<int>{2, 0, 1}));
}

TEST_F(Store, that_is_not_there_yet_is_empty) {
    EXPECT_TRUE(ResultStore(folder_ / "none").read().empty());
}

TEST_F(Store, with_rows_is_asked_for_by_readers_whom_an_empty_one_tells_nothing) {
    const auto refusal_of = [](const std::filesystem::path& folder) -> std::string {
        try {
            ResultStore::with_rows(folder);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::data);
            return error.what();
        }
        return "accepted";
    };
    EXPECT_THAT(refusal_of(folder_ / "none"), testing::HasSubstr("none: there is no such folder of result rows"));
    EXPECT_THAT(refusal_of(folder_.path()), testing::HasSubstr("holds no result row"));
    std::filesystem::create_directories(file_.parent_path());
    add_bytes("\n{\"torn");
    EXPECT_THAT(refusal_of(folder_.path()), testing::HasSubstr("holds no result row"));
    std::filesystem::remove(file_);
    store_.append(sample_row());
    EXPECT_EQ(refusal_of(folder_.path()), "accepted");
    EXPECT_EQ(ResultStore::with_rows(folder_.path()).read().size(), 1u);
    EXPECT_THAT(refusal_of(file_), testing::HasSubstr("is no folder of result rows"));
    EXPECT_THAT(refusal_of(file_.parent_path()), testing::HasSubstr("one machine's rows; give the one above it"));
}

TEST_F(Store, leaves_out_a_run_that_it_has) {
    EXPECT_TRUE(store_.append(sample_row("dsq", 3, 87.0)));
    EXPECT_FALSE(store_.append(sample_row("dsq", 3, 87.1)));
    Row next_commit = sample_row("dsq", 3, 87.1);
    next_commit["commit"] = "fedcba";
    EXPECT_TRUE(store_.append(next_commit));
    EXPECT_EQ(store_.read().size(), 2u);
}

TEST_F(Store, tells_kernels_apart_by_what_ran_not_by_its_time) {
    EXPECT_TRUE(store_.append(sample_kernel_row("avx2/dictionary", 450000.0)));
    EXPECT_FALSE(store_.append(sample_kernel_row("avx2/dictionary", 451000.0)));
    EXPECT_TRUE(store_.append(sample_kernel_row("avx2/winograd", 450000.0)));
    Row threaded = sample_kernel_row();
    threaded["threads"] = 2;
    EXPECT_TRUE(store_.append(threaded));
    Row counted = sample_kernel_row();
    counted["method"] = "counted";
    counted["processor"] = "cortex-a53";
    EXPECT_TRUE(store_.append(counted));
    counted["processor"] = "cortex-a72";
    EXPECT_TRUE(store_.append(counted));
    EXPECT_EQ(store_.read().size(), 5u);
}

TEST_F(Store, does_not_let_a_shortened_run_stand_for_the_whole_one) {
    Row shortened = sample_row();
    shortened["publishable"] = false;
    shortened["unpublishable_reason"] = "cut short";
    EXPECT_TRUE(store_.append(shortened));
    EXPECT_TRUE(store_.append(sample_row()));
}

TEST_F(Store, reads_a_row_once_that_a_merge_doubled) {
    store_.append(sample_row());
    add_bytes(bytes());
    EXPECT_EQ(store_.read().size(), 1u);
}

TEST_F(Store, skips_a_torn_last_line_and_says_so) {
    store_.append(sample_row());
    add_bytes("{\"label\": \"ds");
    testing::internal::CaptureStderr();
    EXPECT_EQ(store_.read().size(), 1u);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                testing::HasSubstr("2026-11.jsonl:2: skipped an unfinished line"));
}

TEST_F(Store, sets_a_torn_line_aside_before_the_next_row) {
    store_.append(sample_row("dsq", 0));
    add_bytes("{\"label\": \"ds");
    testing::internal::CaptureStderr();
    store_.append(sample_row("dsq", 1));
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("moved an unfinished line"));
    EXPECT_EQ(store_.read().size(), 2u);
    EXPECT_EQ(read_file(file_.string() + ".torn"), "{\"label\": \"ds\n");
}

TEST_F(Store, refuses_a_damaged_line_with_its_place) {
    store_.append(sample_row());
    add_bytes("{\"label\": \n");
    EXPECT_THAT(refusal(), testing::HasSubstr("2026-11.jsonl:2: this line is not JSON"));
}

TEST_F(Store, takes_a_new_row_although_an_old_one_is_damaged) {
    store_.append(sample_row("dsq", 0));
    add_bytes("{\"label\": \n[1]\n");
    EXPECT_TRUE(store_.append(sample_row("dsq", 1)));
    EXPECT_THAT(bytes(), testing::EndsWith("}\n"));
}

TEST_F(Store, refuses_a_foreign_schema_version) {
    store_.append(sample_row());
    add_bytes("{\"schema_version\": 99}\n");
    EXPECT_THAT(refusal(), testing::HasSubstr("2026-11.jsonl:2: schema version 99 is not 1"));
}

TEST_F(Store, refuses_a_row_that_was_edited) {
    store_.append(sample_row("dsq", 0, 87.5));
    std::string text = bytes();
    text.replace(text.find("87.5"), 4, "88.5");
    write_file_atomically(file_, text);
    EXPECT_THAT(refusal(), testing::HasSubstr("was changed after it was written"));
}

TEST_F(Store, reads_back_what_was_measured_to_the_bit) {
    Row row = sample_row("dsq", 18446744073709551615u, 100.0 / 3);
    row["images_per_second"] = 1e-300;
    store_.append(row);
    const Row stored = store_.read().at(0);
    EXPECT_EQ(stored["top1"].get<double>(), 100.0 / 3);
    EXPECT_EQ(stored["images_per_second"].get<double>(), 1e-300);
    EXPECT_EQ(stored["seed"].get<std::uint64_t>(), 18446744073709551615u);
}

TEST_F(Store, refuses_names_that_lead_out_of_its_folder) {
    Row row = sample_row();
    row["machine"] = "../elsewhere";
    EXPECT_THROW(store_.append(row), Error);
    row = sample_row();
    row["time"] = "../../x";
    EXPECT_THROW(store_.append(row), Error);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

TEST_F(Store, passes_over_files_that_hold_no_rows) {
    write_file_atomically(folder_ / "published/dsq.jsonl", "{\"top1\": 1}\n");
    write_file_atomically(folder_ / "schema/row.json", "{}\n");
    EXPECT_TRUE(store_.read().empty());
}

TEST_F(Store, answers_a_question_without_building_the_other_rows) {
    store_.append(sample_row("dsq", 0));
    store_.append(sample_row("ste", 0));
    store_.append(sample_row("dsq", 1));
    const auto rows = store_.read_where(is_dsq);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1]["seed"], 1);
}

TEST_F(Store, asked_a_question_finds_a_row_in_another_layout) {
    store_.append(sample_row("dsq", 0));
    write_file_atomically(file_, Row::parse(bytes()).dump(-1, ' ').insert(1, " ") + "\n");
    EXPECT_EQ(store_.read_where(is_dsq).size(), 1u);
}

TEST_F(Store, refuses_the_same_lines_whether_it_is_asked_for_all_or_for_others) {
    store_.append(sample_row("dsq", 0));
    const std::string good = bytes();
    for (const std::string bad :
         {"garbage", "{\"label\":", "[1]", "{\"schema_version\":99}", "{\"a\":1}", "{\"\":garbage}"}) {
        write_file_atomically(file_, good + bad + "\n");
        const std::string reason = refusal();
        EXPECT_THAT(reason, testing::HasSubstr("2026-11.jsonl:2: "));
        try {
            store_.read_where(is_dsq);
            ADD_FAILURE() << bad;
        } catch (const Error& error) {
            EXPECT_EQ(error.what(), reason);
        }
    }
}

TEST_F(Store, reads_a_row_once_that_two_files_hold) {
    store_.append(sample_row("dsq", 0));
    write_file_atomically(folder_ / "test-board/2026-12.jsonl", bytes());
    EXPECT_EQ(store_.read().size(), 1u);
}

TEST_F(Store, takes_a_row_that_was_laid_out_anew) {
    store_.append(sample_row("dsq", 0));
    write_file_atomically(file_, Row::parse(bytes()).dump(-1, ' ').insert(1, " ") + "\n");
    EXPECT_EQ(store_.read().size(), 1u);
}

TEST_F(Store, loses_nothing_to_concurrent_writers) {
    constexpr std::uint64_t writers = 4, rows = 5;
    std::vector<pid_t> children;
    for (std::uint64_t writer = 0; writer < writers; ++writer) {
        const pid_t child = ::fork();
        if (child == 0) {
            bool all_new = true;
            for (std::uint64_t i = 0; i < rows; ++i)
                all_new = store_.append(sample_row("dsq", writer * rows + i)) && all_new;
            store_.append(sample_row("shared", 0));  // one of the four gets it in
            ::_exit(all_new ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(store_.read().size(), writers * rows + 1);
}

}  // namespace
}  // namespace dsqbench

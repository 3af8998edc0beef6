// suite/record/commit.cmake, which asks git at every build.
#include <gtest/gtest.h>

#include <cstdlib>

#include "suite/core/file_system.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

class Commit : public testing::Test {
protected:
    void SetUp() override {
        if (!succeeds("git --version") || !succeeds("cmake --version")) GTEST_SKIP() << "needs git and cmake";
        write_file_atomically(folder_ / "CMakeLists.txt", "project(x)\n");
        write_file_atomically(folder_ / "results/rows.jsonl", "{}\n");
    }

    static bool succeeds(const std::string& command) {
        return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
    }

    bool git(const std::string& arguments) const {
        return succeeds("git -C " + folder_.path().string() + " -c user.name=t -c user.email=t@example.org " +
                        arguments);
    }
    void commit_all() const { ASSERT_TRUE(git("init") && git("add .") && git("commit -m first")); }

    std::string found(const std::filesystem::path& source) const {
        const auto header = folder_ / ".git/commit.h";
        const std::string script = DSQBENCH_SOURCE_DIR "/suite/record/commit.cmake";
        EXPECT_TRUE(
            succeeds("cmake -DGIT=git -DSOURCE=" + source.string() + " -DHEADER=" + header.string() + " -P " + script));
        const std::string text = read_file(header);
        const auto open = text.find('"');
        return text.substr(open + 1, text.rfind('"') - open - 1);
    }

    TemporaryFolder folder_;
};

TEST_F(Commit, is_the_hash_of_a_clean_checkout) {
    commit_all();
    const std::string commit = found(folder_.path());
    EXPECT_EQ(commit.size(), 40u) << commit;
    EXPECT_TRUE(git("cat-file -e " + commit));
}

TEST_F(Commit, is_dirty_when_the_sources_changed) {
    commit_all();
    write_file_atomically(folder_ / "CMakeLists.txt", "project(y)\n");
    EXPECT_EQ(found(folder_.path()).substr(40), "-dirty");
}

TEST_F(Commit, is_dirty_for_a_source_that_git_does_not_know) {
    commit_all();
    write_file_atomically(folder_ / "quantizers/mine.cpp", "\n");
    EXPECT_EQ(found(folder_.path()).substr(40), "-dirty");
}

TEST_F(Commit, stays_clean_when_only_results_changed) {
    commit_all();
    write_file_atomically(folder_ / "results/rows.jsonl", "{}\n{}\n");
    EXPECT_EQ(found(folder_.path()).size(), 40u);
}

TEST_F(Commit, is_unknown_for_an_archive_inside_another_checkout) {
    commit_all();
    write_file_atomically(folder_ / "archive/CMakeLists.txt", "project(z)\n");
    EXPECT_EQ(found(folder_ / "archive"), "unknown");
}

}  // namespace
}  // namespace dsqbench

#include "suite/core/progress.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <cstdlib>

#include "suite/core/file_system.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What `function` writes to standard error, which is a file meanwhile.
template <class Function>
std::string written_to_stderr(Function function) {
    const TemporaryFolder folder;
    const int before = ::dup(STDERR_FILENO);
    const int file = ::open((folder / "stderr").c_str(), O_RDWR | O_CREAT, 0600);
    ::dup2(file, STDERR_FILENO);
    function();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(file);
    return read_file(folder / "stderr");
}

TEST(Progress, writes_plain_lines_where_there_is_no_terminal) {
    const std::string text = written_to_stderr([] {
        Progress progress;
        const auto task = progress.add("dsq seed 0");
        progress.update(task, 0.25, "epoch 1/4");
        progress.finish(task, "top-1 84.1 %");
    });
    EXPECT_THAT(text, testing::MatchesRegex("dsq seed 0: 25%  epoch 1/4  [0-9.]+ s left\ndsq seed 0: top-1 84.1 %\n"));
}

TEST(Progress, is_sparing_with_lines) {
    const std::string text = written_to_stderr([] {
        Progress progress(Progress::Style::lines);
        const auto task = progress.add("dsq");
        for (int i = 0; i < 1000; ++i) progress.update(task, i / 1000.0, "working");
    });
    EXPECT_EQ(text, "dsq: 0%  working\n");
}

TEST(Progress, writes_lines_as_often_as_it_is_told) {
    const std::string text = written_to_stderr([] {
        Progress progress(Progress::Style::lines, /*seconds_between_lines=*/0);
        const auto task = progress.add("dsq");
        for (int i = 0; i < 3; ++i) progress.update(task, i / 1000.0, "working");
    });
    EXPECT_EQ(text, "dsq: 0%  working\ndsq: 0%  working\ndsq: 0%  working\n");
}

TEST(Progress, redraws_one_bar_a_task) {
    const std::string text = written_to_stderr([] {
        Progress progress(Progress::Style::bars);
        const auto ste = progress.add("ste"), dsq = progress.add("dsq");
        progress.update(ste, 0.5, "half");
        progress.finish(dsq, "done");
        progress.finish(ste, "done too");
    });
    EXPECT_THAT(text, StartsWith("ste "));
    EXPECT_THAT(text, HasSubstr(" 50%  half"));
    // The second frame erases one line, the third erases two.
    EXPECT_THAT(text, HasSubstr("\033[1A\033[J"));
    EXPECT_THAT(text, HasSubstr("\033[2A\033[J"));
    EXPECT_THAT(text, HasSubstr("100%  done too\n"));
}

TEST(Progress, cuts_its_bar_at_the_ends) {
    const std::string text = written_to_stderr([] {
        Progress progress(Progress::Style::lines);
        progress.update(progress.add("above"), 7, "");
    });
    EXPECT_THAT(text, HasSubstr("above: 100%"));
}

TEST(Progress, notes_stand_above_the_bars) {
    const std::string text = written_to_stderr([] {
        Progress progress(Progress::Style::bars);
        progress.finish(progress.add("ste"), "done");
        progress.note("a note");
    });
    EXPECT_THAT(text, HasSubstr("\033[1A\033[Ja note\nste "));
}

TEST(Progress, silent_writes_nothing) {
    const std::string text = written_to_stderr([] {
        Progress progress(Progress::Style::silent);
        const auto task = progress.add("ste");
        progress.update(task, 0.5, "half");
        progress.note("a note");
        progress.finish(task, "done");
    });
    EXPECT_EQ(text, "");
}

TEST(ColourWanted, only_on_a_terminal_and_without_no_color) {
    int master = -1, terminal = -1;
    if (::openpty(&master, &terminal, nullptr, nullptr, nullptr) != 0) GTEST_SKIP() << "no pseudo-terminals here";
    ::unsetenv("NO_COLOR");
    EXPECT_TRUE(colour_wanted(terminal));
    ::setenv("NO_COLOR", "", 1);
    EXPECT_TRUE(colour_wanted(terminal)) << "an empty NO_COLOR does not count (no-color.org)";
    ::setenv("NO_COLOR", "1", 1);
    EXPECT_FALSE(colour_wanted(terminal));
    ::unsetenv("NO_COLOR");
    const TemporaryFolder folder;
    const int file = ::open((folder / "file").c_str(), O_RDWR | O_CREAT, 0600);
    EXPECT_FALSE(colour_wanted(file));
    for (const int descriptor : {master, terminal, file}) ::close(descriptor);
}

}  // namespace
}  // namespace dsqbench

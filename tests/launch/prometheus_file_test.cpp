#include "suite/launch/prometheus_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;
using testing::Not;

using Runs = std::vector<PrometheusFile::Labels>;

class Prometheus : public testing::Test {
protected:
    static ProgressReport report(double fraction, std::map<std::string, double> figures = {}) {
        ProgressReport report;
        report.fraction = fraction;
        report.figures = std::move(figures);
        return report;
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "metrics/dsqbench.prom";
    PrometheusFile file_{path_, Runs{{{"recipe", "small"}, {"seed", "0"}}, {{"recipe", "small"}, {"seed", "1"}}}};
};

TEST_F(Prometheus, tells_from_the_start_that_all_runs_wait) {
    const std::string text = read_file(path_);
    EXPECT_THAT(text, HasSubstr("dsqbench_run_state{recipe=\"small\",seed=\"0\",state=\"waiting\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("dsqbench_run_state{recipe=\"small\",seed=\"1\",state=\"running\"} 0\n"));
    EXPECT_THAT(text, Not(HasSubstr("progress_ratio")));
}

TEST_F(Prometheus, tells_every_figure_of_a_run) {
    ProgressReport all = report(
        0.25, {{"epoch", 2}, {"epochs", 8}, {"loss", 1.5}, {"images_per_second", 321.5}, {"top1", 62.5}, {"other", 1}});
    all.memory = ResidentMemory{1 << 20, 1 << 21};
    file_.reported(1, all);
    file_.write();
    const std::string text = read_file(path_), labels = "{recipe=\"small\",seed=\"1\"} ";
    for (const std::string& line :
         {"progress_ratio" + labels + "0.25", "epoch" + labels + "2", "epochs" + labels + "8", "loss" + labels + "1.5",
          "images_per_second" + labels + "321.5", "top1_ratio" + labels + "0.625", "memory_bytes" + labels + "1048576"})
        EXPECT_THAT(text, HasSubstr("\ndsqbench_run_" + line + "\n"));
    EXPECT_THAT(text, HasSubstr("seed=\"1\",state=\"running\"} 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("other")));
}

TEST_F(Prometheus, leaves_out_what_a_run_has_not_told) {
    file_.reported(0, report(0.5));
    EXPECT_THAT(file_.text(), HasSubstr("progress_ratio"));
    EXPECT_THAT(file_.text(), Not(HasSubstr("top1")));
}

TEST_F(Prometheus, tells_how_a_run_ended) {
    file_.reported(0, report(0.99));
    file_.ended(0, {TaskOutcome::State::succeeded, 0, ""});
    file_.reported(1, report(0.5));
    file_.ended(1, {TaskOutcome::State::failed, 1, "no memory"});
    EXPECT_TRUE(file_.is_due());
    file_.write();
    EXPECT_FALSE(file_.is_due());
    const std::string text = read_file(path_);
    EXPECT_THAT(text, HasSubstr("progress_ratio{recipe=\"small\",seed=\"0\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("progress_ratio{recipe=\"small\",seed=\"1\"} 0.5\n"));
    EXPECT_THAT(text, HasSubstr("seed=\"0\",state=\"succeeded\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("seed=\"1\",state=\"failed\"} 1\n"));
}

// https://prometheus.io/docs/instrumenting/exposition_formats: in a label's value \, " and the line feed are escaped.
TEST_F(Prometheus, quotes_whatever_a_label_holds) {
    Runs runs;
    for (const char* value : {"a\\b\"c\nd} 1\n# ", "\xFF\xFE", "Größe"}) runs.push_back({std::pair{"run", value}});
    const PrometheusFile hostile(path_, runs);
    EXPECT_THAT(hostile.text(), HasSubstr("{run=\"a\\\\b\\\"c\\nd} 1\\n# \",state=\"waiting\"} 1\n"));
    EXPECT_THAT(hostile.text(), HasSubstr("{run=\"??\",state"));
    EXPECT_THAT(hostile.text(), HasSubstr("{run=\"Größe\",state"));
}

TEST_F(Prometheus, describes_each_metric_once_and_repeats_no_series) {
    for (const std::size_t run : {0, 1}) file_.reported(run, report(0.5, {{"loss", 1}, {"epoch", 1}}));
    std::set<std::string> seen;
    for (const auto& line : split(std::string(trim(file_.text())), '\n'))
        EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
    EXPECT_THAT(file_.text(), testing::EndsWith("\n"));
}

TEST_F(Prometheus, leaves_nothing_beside_the_file) {
    file_.write();
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_.parent_path())) ++files;
    EXPECT_EQ(files, 1u);
}

TEST(PrometheusFile, that_cannot_be_written_is_refused_at_the_start) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "file", "");
    EXPECT_THROW(PrometheusFile(folder / "file/x.prom", Runs(1)), Error);
}

}  // namespace
}  // namespace dsqbench
